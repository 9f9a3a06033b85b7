"""Asks Reddit what is well liked today: as anybody, or with a token when the operator has an app.

A token is that of RFC 6749, 4.4 (client credentials), kept until shortly before it ends.
"""

import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx2

from potluck.clients.fetcher import guarded_client
from potluck.clients.fetcher.transport import tls_context
from potluck.clients.ideas import (
    BadAnswer,
    Idea,
    NotConfigured,
    RateLimited,
    Refused,
    TooSlow,
    Unreachable,
)
from potluck.clients.reddit_listing import read_listing, read_token
from potluck.core.clock import Clock
from potluck.core.config import RedditSettings
from potluck.core.flights import Flights

#: 25 posts with every member Reddit has take 60 to 200 kB.
MAX_BYTES = 2_000_000
#: A token is not used in its last minute: it could end on the way.
_SPARE_S = 60
#: The longest that a source is believed to want to be left alone.
_MAX_RETRY_AFTER_S = 3600


@dataclass(frozen=True)
class _Held:
    """A token and the moment (of the monotonic clock) after which it is not used."""

    token: str
    until_s: float


class RedditClient:
    """A source of ideas whose names are subreddits; an async context manager.

    One request takes at most `timeout_s`. Nothing is open after the block.
    """

    def __init__(self, settings: RedditSettings, *, clock: Clock, timeout_s: float) -> None:
        secret = settings.client_secret
        self._app = (settings.client_id or "", secret.get_secret_value() if secret else "")
        self._clock = clock
        options: dict[str, Any] = {
            "timeout_s": timeout_s,
            "max_bytes": MAX_BYTES,
            "headers": {"Accept": "application/json"},
            "ssl_context": tls_context(),
        }
        self._public = guarded_client(settings.base_url, **options)
        self._oauth = guarded_client(settings.oauth_url, **options)
        self._held: _Held | None = None
        self._renewals: Flights[None, str] = Flights()
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self._public)
        await self._open.enter_async_context(self._oauth)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._open.aclose()
        self._held = None

    async def top(self, name: str, *, limit: int) -> list[Idea]:
        """See `IdeasSource.top`: the posts of the last day that were voted up most."""
        if any(self._app) and not all(self._app):
            raise NotConfigured
        answer = await (self._as_app(name, limit) if any(self._app) else self._ask(name, limit))
        return read_listing(answer.content, source=name, limit=limit)

    async def _ask(self, name: str, limit: int) -> httpx2.Response:
        url = f"/r/{name}/top.json"
        return _checked(await _send(self._public, "GET", url, params=_query(limit)), self._clock)

    async def _as_app(self, name: str, limit: int) -> httpx2.Response:
        """The same with a token; one that Reddit has forgotten early is replaced once."""
        token = await self._token()
        answer = await self._ask_with(token, name, limit)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._drop(token)
            answer = await self._ask_with(await self._token(), name, limit)
        return _checked(answer, self._clock)

    async def _ask_with(self, token: str, name: str, limit: int) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"/r/{name}/top"
        return await _send(self._oauth, "GET", url, params=_query(limit), headers=headers)

    async def _token(self) -> str:
        """A token that is good for a while; sources side by side share one request for it."""
        if self._held is not None and self._clock.monotonic_s() < self._held.until_s:
            return self._held.token
        return await self._renewals.join(None, self._renew)

    async def _renew(self) -> str:
        started_s = self._clock.monotonic_s()
        form = {"grant_type": "client_credentials"}
        url = "/api/v1/access_token"
        answer = await _send(self._public, "POST", url, data=form, auth=self._app)
        issued = read_token(_checked(answer, self._clock).content)
        self._held = _Held(issued.access_token, started_s + issued.expires_in - _SPARE_S)
        return issued.access_token

    def _drop(self, token: str) -> None:
        """Forget `token`, unless another has taken its place meanwhile."""
        if self._held is not None and self._held.token == token:
            self._held = None


def _query(limit: int) -> dict[str, str | int]:
    return {"t": "day", "limit": limit}


async def _send(
    client: httpx2.AsyncClient, method: str, url: str, **options: Any
) -> httpx2.Response:
    """The answer, whatever its status. Raises `TooSlow`, `Unreachable`, `BadAnswer`."""
    try:
        return await client.request(method, url, **options)
    except httpx2.TimeoutException:
        raise TooSlow from None
    except httpx2.ConnectError:
        raise Unreachable from None
    except (httpx2.ReadError, httpx2.DecodingError):  # too large, or packed as nobody asked for
        raise BadAnswer from None


def _checked(answer: httpx2.Response, clock: Clock) -> httpx2.Response:
    """The answer if it may hold what was asked for. Raises the failure that its status means."""
    match answer.status_code:
        case HTTPStatus.OK:
            return answer
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimited(_retry_after_s(answer.headers, clock.now()))
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise Refused
        case _:
            raise BadAnswer


def _retry_after_s(headers: httpx2.Headers, now: datetime) -> int | None:
    """How long to wait: Retry-After (RFC 9110, 10.2.3), else what Reddit says of its own limit."""
    said: str = headers.get("retry-after") or headers.get("x-ratelimit-reset") or ""
    if re.fullmatch(r"\d{1,9}(\.\d*)?", said, re.ASCII):
        return min(int(said.partition(".")[0]), _MAX_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(int((moment - now).total_seconds()), 0), _MAX_RETRY_AFTER_S)
