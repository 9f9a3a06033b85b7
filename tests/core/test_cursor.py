"""Cursors: they say where a list goes on, to the list and the caller they were made for."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.core import base64url
from potluck.core.cursor import MAX_LENGTH, Cursors
from potluck.core.errors import InvalidCursor

CURSORS = Cursors(bytes(range(32)))
HERE = "/recipes?sort=title&household_id=1"
VALUES: list[str | int | None] = ["Apple cake", 1772366400000000, None, "0195514d-4a00-7c5e"]

texts = st.text(st.characters(codec="utf-8"), max_size=100)


class TestCursors:
    @given(st.lists(st.none() | st.integers() | texts, max_size=4), texts)
    def test_the_values_come_back(self, values: list[str | int | None], binding: str) -> None:
        assert CURSORS.decode(CURSORS.encode(values, binding), binding) == values

    def test_it_is_text_that_needs_no_quoting_in_an_address(self) -> None:
        base64url.decode(CURSORS.encode(VALUES, HERE))

    def test_a_title_of_300_characters_fits_whatever_they_are(self) -> None:
        for character in ("a", "é", "\N{PIE}", '"', "\x01"):
            values: list[str | int | None] = [character * 300, "0" * 36]
            assert CURSORS.decode(CURSORS.encode(values, HERE), HERE) == values

    def test_values_that_could_not_be_read_back_are_not_written(self) -> None:
        with pytest.raises(ValueError, match="too long"):
            CURSORS.encode(["x" * MAX_LENGTH], HERE)

    def test_m08_every_byte_counts(self) -> None:
        data = base64url.decode(CURSORS.encode(VALUES, HERE))
        for place in range(len(data)):
            for bit in range(8):
                changed = bytearray(data)
                changed[place] ^= 1 << bit
                with pytest.raises(InvalidCursor):
                    CURSORS.decode(base64url.encode(bytes(changed)), HERE)

    def test_m08_every_character_counts(self) -> None:
        cursor = CURSORS.encode(VALUES, HERE)
        for place, old in enumerate(cursor):
            for new in {*"AQgw-_=0 ", old.swapcase()} - {old}:
                with pytest.raises(InvalidCursor):
                    CURSORS.decode(cursor[:place] + new + cursor[place + 1 :], HERE)

    def test_m08_nothing_can_be_cut_off_or_added(self) -> None:
        cursor = CURSORS.encode(VALUES, HERE)
        for length in range(len(cursor)):
            with pytest.raises(InvalidCursor):
                CURSORS.decode(cursor[:length], HERE)
        for tail in ("A", "AA", "AAAA", "=", "\n"):
            with pytest.raises(InvalidCursor):
                CURSORS.decode(cursor + tail, HERE)

    def test_m08_it_is_bound_to_list_filters_and_caller(self) -> None:
        cursor = CURSORS.encode(VALUES, HERE)
        for elsewhere in ("", HERE + " ", HERE[:-1] + "2", "\ud800"):
            with pytest.raises(InvalidCursor):
                CURSORS.decode(cursor, elsewhere)

    def test_m08_binding_and_values_cannot_be_shifted_into_each_other(self) -> None:
        cursor = base64url.decode(CURSORS.encode(["b"], "a"))
        with pytest.raises(InvalidCursor):
            CURSORS.decode(base64url.encode(cursor[:17] + cursor[18:]), "a" + chr(cursor[17]))

    def test_m08_another_instance_refuses_it(self) -> None:
        with pytest.raises(InvalidCursor):
            Cursors(bytes(32)).decode(CURSORS.encode(VALUES, HERE), HERE)

    @pytest.mark.parametrize(
        "text", ["", "x", "é", "\ud800", "A" * 4096, "A" * 10**7, "%00", "W10"]
    )
    def test_m08_any_other_text_gets_the_same_refusal(self, text: str) -> None:
        with pytest.raises(InvalidCursor) as refusal:
            CURSORS.decode(text, HERE)
        assert str(refusal.value) == "The cursor is not valid for this list"

    def test_m08_what_is_far_too_long_is_refused_unread(self) -> None:
        text = "A" * 10_000_000
        started = time.perf_counter()
        for _ in range(100):
            with pytest.raises(InvalidCursor):
                CURSORS.decode(text, HERE)
        assert time.perf_counter() - started < 0.5
