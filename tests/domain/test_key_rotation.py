"""When a signing key signs, and when it only verifies."""

from datetime import UTC, datetime, timedelta

import pytest

from potluck.domain.key_rotation import lives, overlap_s

MADE = datetime(2026, 3, 1, tzinfo=UTC)
SWITCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
OVERLAP = timedelta(minutes=11)
TICK = timedelta(microseconds=1)


class TestLives:
    @pytest.mark.parametrize(
        ("now", "states"),
        [
            (MADE, ["active", "next"]),
            (SWITCH - TICK, ["active", "next"]),
            (SWITCH, ["verify-only", "active"]),
            (SWITCH + OVERLAP - TICK, ["verify-only", "active"]),
            (SWITCH + OVERLAP, ["gone", "active"]),
        ],
        ids=["made", "just before", "switch", "just good", "gone"],
    )
    def test_exactly_one_key_signs_at_any_instant(self, now: datetime, states: list[str]) -> None:
        found = lives([("old", MADE, SWITCH), ("new", MADE, None)], now, OVERLAP)
        assert [life.state for life in found] == states
        assert [life.active_from for life in found] == [MADE, SWITCH]
        assert [life.gone_at for life in found] == [SWITCH + OVERLAP, None]

    def test_a_key_retires_after_the_last_token_that_it_signed(self) -> None:
        assert overlap_s(access_s=600, leeway_s=30) == 660
