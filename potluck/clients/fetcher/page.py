"""A fetched page, and the memory of those fetched a moment ago."""

import sys
from collections import OrderedDict
from dataclasses import dataclass

from potluck.core.clock import Clock


@dataclass(frozen=True)
class FetchedPage:
    """`url` is the final address after redirects, `content_type` the media type without
    parameters, `html` the decoded text.
    """

    url: str
    html: str
    content_type: str


class PageCache:
    """Keeps pages per asker and address for a while, never more than so many bytes of them.

    Per asker, so that nobody can learn from the time of an answer what somebody else has read.
    """

    def __init__(self, clock: Clock, *, keep_s: float, max_bytes: int) -> None:
        self._clock = clock
        self._keep_s = keep_s
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, str], tuple[float, FetchedPage]] = OrderedDict()

    def get(self, asker: str, url: str) -> FetchedPage | None:
        """The page that `asker` had from `url`, if it is still fresh."""
        self._drop_stale()
        found = self._kept.get((asker, url))
        return found[1] if found else None

    def put(self, asker: str, url: str, page: FetchedPage) -> None:
        """Keep `page`; the oldest ones make room."""
        self._drop((asker, url))
        self._kept[asker, url] = (self._clock.monotonic_s() + self._keep_s, page)
        self._bytes += sys.getsizeof(page.html)
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._bytes = 0

    def _drop_stale(self) -> None:
        now_s = self._clock.monotonic_s()
        stale = [key for key, (until_s, _) in self._kept.items() if until_s <= now_s]
        for key in stale:
            self._drop(key)

    def _drop(self, key: tuple[str, str]) -> None:
        found = self._kept.pop(key, None)
        if found:
            self._bytes -= sys.getsizeof(found[1].html)
