"""Who may fetch when: so many per person, so many in all, gently with each host."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from potluck.clients.fetcher.limits import FetchLimits
from potluck.core.clock import Clock
from potluck.core.errors import Unavailable

#: Seconds to nothing, after so long.
Sleep = Callable[[float], Awaitable[None]]


class _Places:
    """So many places for each key; a key nobody holds or waits for takes no memory."""

    def __init__(self, size: int, queue_s: float) -> None:
        self._size = size
        self._queue_s = queue_s
        self._semaphores: dict[str, asyncio.Semaphore] = {}
        self._interested: dict[str, int] = {}

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """A place for `key`. Raises Unavailable if none becomes free in time."""
        semaphore = self._semaphores.setdefault(key, asyncio.Semaphore(self._size))
        self._interested[key] = self._interested.get(key, 0) + 1
        try:
            await self._acquire(semaphore)
            try:
                yield
            finally:
                semaphore.release()
        finally:
            self._interested[key] -= 1
            if not self._interested[key]:
                del self._interested[key], self._semaphores[key]

    async def _acquire(self, semaphore: asyncio.Semaphore) -> None:
        try:
            async with asyncio.timeout(self._queue_s):
                await semaphore.acquire()
        except TimeoutError:
            raise Unavailable("Too many pages are being fetched; try again shortly.") from None


class Gates:
    """The three limits of a fetcher, and the pause between two fetches from one host."""

    def __init__(self, limits: FetchLimits, *, clock: Clock, sleep: Sleep) -> None:
        self._pause_s = limits.host_pause_s
        self._clock = clock
        self._sleep = sleep
        self._askers = _Places(limits.per_asker, limits.queue_s)
        self._all = _Places(limits.in_all, limits.queue_s)
        self._hosts = _Places(limits.per_host, limits.queue_s)
        self._next_start_s: dict[str, float] = {}

    @asynccontextmanager
    async def asker(self, asker: str) -> AsyncIterator[None]:
        """A place for one fetch of `asker`. Raises Unavailable."""
        async with self._askers.hold(asker), self._all.hold(""):
            yield

    @asynccontextmanager
    async def host(self, host: str, *, is_known: bool) -> AsyncIterator[None]:
        """A place for one request to `host`. Raises Unavailable.

        `is_known` says that this fetch has been there before, as when a site redirects to itself:
        then no pause is due.
        """
        async with self._hosts.hold(host):
            if not is_known:
                await self._pause(host)
            yield

    async def _pause(self, host: str) -> None:
        """Take the next moment at which a fetch from `host` may start, and wait for it."""
        now_s = self._clock.monotonic_s()
        self._next_start_s = {h: at_s for h, at_s in self._next_start_s.items() if at_s > now_s}
        start_s = self._next_start_s.get(host, now_s)
        self._next_start_s[host] = start_s + self._pause_s
        if start_s > now_s:
            await self._sleep(start_s - now_s)
