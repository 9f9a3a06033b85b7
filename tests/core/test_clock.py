"""Instants as the counters of the database keep them."""

from datetime import UTC, datetime, timedelta, timezone

from potluck.core.clock import instant, microseconds

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def test_microseconds_are_counted_from_1970() -> None:
    assert microseconds(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert microseconds(NEW_YEAR) == 1_798_761_600_000_000


def test_no_microsecond_is_lost_on_the_way_and_back() -> None:
    at = NEW_YEAR + timedelta(microseconds=1)
    assert instant(microseconds(at)) == at


def test_an_instant_is_the_same_in_every_zone() -> None:
    there = NEW_YEAR.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert microseconds(there) == microseconds(NEW_YEAR)
