"""Fetches pages and pictures that people name, without becoming their hand inside the network.

The threat is server-side request forgery: an address, a redirect or a name server chosen by a
stranger that makes this machine talk to itself, its neighbours or its cloud's metadata service.
"""

import asyncio
import math
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import httpx2

from potluck import __version__
from potluck.clients.fetcher.addresses import is_own
from potluck.clients.fetcher.charset import decode_page
from potluck.clients.fetcher.dialling import Dial, Dialler, Resolve, dial_address, resolve_host
from potluck.clients.fetcher.gates import Gates, Sleep
from potluck.clients.fetcher.limits import FetchLimits, for_pictures
from potluck.clients.fetcher.page import FetchedPage, PageCache
from potluck.clients.fetcher.targets import Target, read_target
from potluck.clients.fetcher.transport import Answer, GuardedTransport, tls_context
from potluck.core.clock import Clock
from potluck.core.errors import FetchRefused, FetchTooSlow, FetchUnreachable, NotAPage

USER_AGENT = f"Potluck/{__version__}"
PAGE_TYPES = ("text/html", "application/xhtml+xml")
#: What stores say of files whose type nobody told them; what comes is judged by its content.
_UNTYPED = ("application/octet-stream", "binary/octet-stream")
_REDIRECTS = (301, 302, 303, 307, 308)


class Fetcher(Protocol):
    """Gets web pages for people, and pictures for recipes."""

    async def page(self, url: str, *, asker: str) -> FetchedPage:
        """The page at `url`; `asker` is the id of the person, for whom the limits count.

        Raises FetchRefused (an address that may not be fetched), FetchUnreachable, FetchTooLarge,
        FetchTooSlow, NotAPage, or Unavailable while too many fetches are under way.
        """
        ...

    async def picture(self, url: str, *, asker: str) -> bytes:
        """What claims to be a picture at `url`; nothing has looked into it.

        Raises as `page`, and NotAPage for what does not even claim to be one.
        """
        ...


@dataclass(frozen=True)
class _Kind:
    """What is fetched: how to ask for it, what may come, and how much of it."""

    accept: str
    is_wanted: Callable[[str], bool]
    limits: FetchLimits
    transport: GuardedTransport

    def takes(self, status: int, headers: httpx2.Headers) -> bool:
        """Whether the body of an answer is worth reading."""
        return status == 200 and self.is_wanted(_media_type(headers))

    def request(self, url: httpx2.URL) -> httpx2.Request:
        headers = {"User-Agent": USER_AGENT, "Accept": self.accept, "Accept-Encoding": "gzip"}
        return httpx2.Request("GET", url, headers=headers)


class GuardedFetcher:
    """The fetcher over real connections; an async context manager that leaves nothing open.

    `allow` lists the operator's exceptions as `host:port`: exactly those pairs may be private
    addresses and unusual ports. A page may take `timeout_s` and have `max_bytes`, a picture half as
    much time again and `max_picture_bytes`; a fetch waits `queue_s` for a free place. `resolve`,
    `dial`, `is_own` and `sleep` are the outside world.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        allow: Collection[str] = (),
        timeout_s: float = FetchLimits.timeout_s,
        max_bytes: int = FetchLimits.max_bytes,
        max_picture_bytes: int = 20_000_000,
        queue_s: float = FetchLimits.queue_s,
        ssl_context: ssl.SSLContext | None = None,
        resolve: Resolve = resolve_host,
        dial: Dial = dial_address,
        is_own: Callable[[str], bool] = is_own,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._allow = frozenset(pair.lower() for pair in allow)
        limits = FetchLimits(timeout_s=timeout_s, max_bytes=max_bytes, queue_s=queue_s)
        self._sleep = sleep
        dialler = Dialler(resolve=resolve, dial=dial, is_own=is_own)
        ssl_context = ssl_context or tls_context()

        def kind(accept: str, is_wanted: Callable[[str], bool], limits: FetchLimits) -> _Kind:
            transport = GuardedTransport(dialler, limits=limits, ssl_context=ssl_context)
            return _Kind(accept, is_wanted, limits, transport)

        self._pages = kind(", ".join(PAGE_TYPES), _is_page, limits)
        self._pictures = kind("image/*", _is_picture, for_pictures(limits, max_picture_bytes))
        self._gates = Gates(limits, clock=clock, sleep=sleep)
        self._cache = PageCache(clock, keep_s=limits.cache_s, max_bytes=limits.cache_bytes)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for kind in (self._pages, self._pictures):
            await kind.transport.aclose()
        self._cache.clear()

    async def page(self, url: str, *, asker: str) -> FetchedPage:
        """See `Fetcher.page`. A page that the asker had lately is not fetched again."""
        target = read_target(url, allow=self._allow)
        kept = self._cache.get(asker, str(target.url))
        if kept:
            return kept
        async with self._gates.asker(asker):
            final, answer = await self._follow(target, self._pages)
        html = decode_page(answer.body, answer.headers.get("content-type", ""))
        page = FetchedPage(str(final.url), html, _media_type(answer.headers))
        self._cache.put(asker, str(target.url), page)
        return page

    async def picture(self, url: str, *, asker: str) -> bytes:
        """See `Fetcher.picture`."""
        target = read_target(url, allow=self._allow)
        async with self._gates.asker(asker):
            _, answer = await self._follow(target, self._pictures)
        return answer.body

    async def _follow(self, target: Target, kind: _Kind) -> tuple[Target, Answer]:
        """Ask `target` and wherever it redirects to, each judged like the first."""
        left_s = kind.limits.timeout_s
        visited: set[str] = set()
        for _ in range(kind.limits.max_redirects + 1):
            async with self._gates.host(target.host, is_known=target.host in visited):
                started_s = self._clock.monotonic_s()
                answer = await self._ask(target, kind, left_s)
                left_s -= self._clock.monotonic_s() - started_s
            if answer.status not in _REDIRECTS:
                if not kind.takes(answer.status, answer.headers):
                    raise NotAPage
                return target, answer
            visited.add(target.host)
            target = self._next_target(target, answer)
        raise FetchUnreachable

    async def _ask(self, target: Target, kind: _Kind, left_s: float) -> Answer:
        """One request within `left_s`; failures to reach the target all take equally long."""
        step_s = kind.limits.failure_step_s
        if left_s < step_s:
            raise FetchTooSlow
        started_s = self._clock.monotonic_s()
        try:
            async with asyncio.timeout(left_s):
                return await self._get(target, kind)
        except TimeoutError:
            raise FetchTooSlow from None
        except FetchUnreachable:
            await self._wait_out(started_s, step_s)
            raise

    async def _get(self, target: Target, kind: _Kind) -> Answer:
        """What was asked for or a redirect; any other status counts as not reached."""
        request = kind.request(target.url)
        answer = await kind.transport.exchange(request, target, wants_body=kind.takes)
        if answer.status not in (200, *_REDIRECTS):
            raise FetchUnreachable
        return answer

    async def _wait_out(self, started_s: float, step_s: float) -> None:
        """Sleep until the next multiple of the failure step since `started_s`."""
        spent_s = self._clock.monotonic_s() - started_s
        await self._sleep(max(1, math.ceil(spent_s / step_s)) * step_s - spent_s)

    def _next_target(self, target: Target, answer: Answer) -> Target:
        location = answer.headers.get("location")
        if not location:
            raise FetchUnreachable
        try:
            url = target.url.join(location)
        except (httpx2.InvalidURL, ValueError) as error:
            raise FetchRefused("The site redirects to an address that is not valid.") from error
        following = read_target(url, allow=self._allow)
        if target.is_tls and not following.is_tls:
            raise FetchRefused("The site redirects to an unprotected connection.")
        return following


def _media_type(headers: httpx2.Headers) -> str:
    content_type: str = headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower()


def _is_page(media_type: str) -> bool:
    return media_type in PAGE_TYPES


def _is_picture(media_type: str) -> bool:
    return media_type.startswith("image/") or media_type in _UNTYPED
