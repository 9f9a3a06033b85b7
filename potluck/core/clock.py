"""The only place that asks what time it is, so that tests can say it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """Tells the time: `now` is aware UTC, `monotonic_s` seconds from an arbitrary point."""

    def now(self) -> datetime: ...

    def monotonic_s(self) -> float: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.perf_counter()


def microseconds(at: datetime) -> int:
    """An aware instant in whole microseconds since 1970, as counters of the database keep it."""
    return (at - _EPOCH) // _MICROSECOND


def instant(at_us: int) -> datetime:
    """The instant, in UTC, of so many microseconds since 1970."""
    return _EPOCH + at_us * _MICROSECOND
