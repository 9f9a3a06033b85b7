"""Which languages the recipes of this instance are written in, as a process remembers it."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.clock import Clock
from potluck.crud import recipe_search

#: A recipe that another process saved in a language new to all is found by the plurals of its
#: language after this; by its own words it is found at once.
KEEP_S = 60


class SpokenLanguages:
    """What a search looks for beside the words as they were typed: the stems of these languages.

    Read when first asked for, when `bell` says that this process has saved a recipe in a new
    language, and otherwise every `KEEP_S` seconds.
    """

    def __init__(self, bell: asyncio.Event, clock: Clock) -> None:
        self._bell = bell
        self._clock = clock
        self._known: tuple[str, ...] = ()
        self._until_s: float | None = None

    async def current(self, session: AsyncSession) -> tuple[str, ...]:
        """The languages (ISO 639-1); at most one statement."""
        now_s = self._clock.monotonic_s()
        if self._until_s is None or self._until_s <= now_s or self._bell.is_set():
            self._bell.clear()
            self._known = await recipe_search.languages(session)
            self._until_s = now_s + KEEP_S
        return self._known
