"""What the doctor says, and what it looks at."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from potluck.clients.media_store import MediaStore
from potluck.core.clock import Clock
from potluck.core.config import Settings

Level = Literal["ok", "warning", "error"]

#: How many of many are named; the rest is counted.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is as it should be, or is not: `what` it is, and how to `mend` it.

    Both are whole sentences without secrets; `mend` is empty when all is well. Where it `stops`
    everything behind it, what builds upon it cannot be looked at.
    """

    check: str
    level: Level
    what: str
    mend: str = ""
    stops: bool = False


class Reading(Protocol):
    """Opens sessions in which the database refuses every write."""

    def __call__(self, *, long: bool = False) -> AbstractAsyncContextManager[AsyncSession]: ...


@dataclass(frozen=True)
class Patient:
    """An installation, opened so that nothing can be changed or made.

    `is_thorough` reads every picture and indexes every recipe to compare; otherwise a sample.
    `address` is where the running service is asked what it sees, None for not at all.
    """

    settings: Settings
    clock: Clock
    reading: Reading
    media: MediaStore
    is_thorough: bool = False
    address: str | None = None


#: Looks at one thing. What it raises becomes a finding of its own.
Check = Callable[[Patient], AsyncIterator[Finding]]


@dataclass
class Tally:
    """Counts what was found, and remembers the first few: however many, it stays small."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, name: object) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(str(name))

    def __str__(self) -> str:
        """The names: `a, b, c and 4 more`."""
        more = self.count - len(self.first)
        return ", ".join(self.first) + (f" and {more} more" if more else "")


def tally(names: Iterable[object]) -> Tally:
    """A tally of these."""
    found = Tally()
    for name in names:
        found.add(name)
    return found


def counted(number: int, noun: str) -> str:
    """`1 recipe`, `3 recipes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
