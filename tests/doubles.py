"""Doubles for what lies outside Potluck: the clock, the web, and where ideas come from."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from potluck.clients.fetcher import FetchedPage
from potluck.clients.ideas import Idea
from potluck.core.errors import AppError, FetchUnreachable

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class FakeClock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._now = START
        self._monotonic_s = 0.0

    def advance(self, by: timedelta) -> None:
        """Move on, as if this time had passed."""
        self._now += by
        self._monotonic_s += by.total_seconds()

    def now(self) -> datetime:
        return self._now

    def monotonic_s(self) -> float:
        return self._monotonic_s


class FakeFetcher:
    """The web as a table of pages and one of pictures; anything else is unreachable."""

    def __init__(self) -> None:
        self.pages: dict[str, str | AppError] = {}
        self.pictures: dict[str, bytes | AppError] = {}
        self.asked: list[tuple[str, str]] = []
        #: Runs while a page is being fetched, as if the site took its time.
        self.meanwhile: Callable[[str, str], Awaitable[None]] | None = None

    async def page(self, url: str, *, asker: str) -> FetchedPage:
        self.asked.append((url, asker))
        if self.meanwhile is not None:
            await self.meanwhile(url, asker)
        page = self.pages.get(url, FetchUnreachable())
        if isinstance(page, AppError):
            raise page
        return FetchedPage(url=url, html=page, content_type="text/html")

    async def picture(self, url: str, *, asker: str) -> bytes:
        self.asked.append((url, asker))
        if self.meanwhile is not None:
            await self.meanwhile(url, asker)
        found = self.pictures.get(url, FetchUnreachable())
        if isinstance(found, AppError):
            raise found
        return found


class FakeIdeas:
    """Sources of ideas as a table: the ideas of each name, or how it fails; others know none."""

    def __init__(self) -> None:
        self.known: dict[str, list[Idea] | Exception] = {}
        self.asked: list[str] = []
        #: Runs while a source is being asked, as if it took its time.
        self.meanwhile: Callable[[str], Awaitable[None]] | None = None

    async def top(self, name: str, *, limit: int) -> list[Idea]:
        self.asked.append(name)
        if self.meanwhile is not None:
            await self.meanwhile(name)
        known = self.known.get(name, [])
        if isinstance(known, Exception):
            raise known
        return known[:limit]
