"""The header `Idempotency-Key` at the edge: every POST of `StrictRoute` takes it.

The key is claimed when everything that may refuse the request without touching anything has had
its say (the token, the scopes, the body), right before the endpoint; the answer is kept in the
request's own unit of work, before it commits. Without the header nothing of this happens.
"""

import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from contextvars import ContextVar
from functools import wraps
from inspect import iscoroutinefunction
from types import TracebackType
from typing import Any

from fastapi import Request
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from potluck.api.sub_path import own_path
from potluck.core.actor import Actor
from potluck.core.errors import Invalid, MalformedBody
from potluck.providers import release_claim
from potluck.resources import Resources
from potluck.services import idempotency
from potluck.services.idempotency import Claim, Use

HEADER = "idempotency-key"
MAX_LENGTH = 255
#: Says that nothing was done, and that the answer is that of an earlier request.
REPLAYED = (b"idempotency-replayed", b"true")
#: Header fields that tell of the moment in which they are sent.
_PASSING = {b"ratelimit", b"ratelimit-policy"}
#: What FastAPI ends when the unit of work of a request has ended, before a refusal is answered.
_REQUEST_STACK = "fastapi_inner_astack"

Endpoint = Callable[..., Awaitable[Any]]


def key_of(headers: Headers) -> str | None:
    """The key that was sent, None without one. Raises `Invalid`."""
    if HEADER not in headers:
        return None
    key, *more = headers.getlist(HEADER)
    if more:
        raise _invalid("repeated", "Send this header once.")
    if not key:
        raise _invalid("string_too_short", "Must not be empty.")
    if len(key) > MAX_LENGTH:
        raise _invalid("string_too_long", f"Use at most {MAX_LENGTH} characters.")
    if not all("!" <= character <= "~" for character in key):
        raise _invalid("string_pattern_mismatch", "Use visible ASCII characters without spaces.")
    return key


def _invalid(code: str, detail: str) -> Invalid:
    return Invalid.member(f"/{HEADER}", code, detail, place="header")


def claimed_first(endpoint: Endpoint) -> Endpoint:
    """The endpoint; it is not called where the use of a key has been answered already."""
    if not iscoroutinefunction(endpoint):
        raise TypeError(f"{endpoint!r} takes a key, so it must be an `async def`")

    @wraps(endpoint)
    async def once(**arguments: Any) -> Any:
        attempt = _attempt.get()
        replayed = None if attempt is None else await attempt.claim()
        return await endpoint(**arguments) if replayed is None else replayed

    return once


def harmless_again(request: Request) -> None:
    """Say of this request that it does nothing more when it is done again.

    A stranger's is not remembered then: there would be no end to them.
    """
    request.state.is_harmless_again = True


class Attempt:
    """One request with a key, from its claim to its answer or its refusal."""

    def __init__(self, key: str, request: Request) -> None:
        self._key = key
        self._request = request
        self._resources: Resources = request.app.state.resources
        self._claim: Claim | None = None

    async def answered_by(self, handle: Callable[[Request], Awaitable[Response]]) -> Response:
        """The answer of the handler, in which `claimed_first` finds this attempt.

        It is kept in the request's unit of work, unless it is one that was kept before. Raises
        `IdempotencyKeyInUse`, which undoes the effect, when the claim has lapsed meanwhile.
        """
        await _read(self._request)
        stack: AsyncExitStack = self._request.scope[_REQUEST_STACK]
        stack.push_async_exit(self._end)
        token = _attempt.set(self)
        try:
            response = await handle(self._request)
        finally:
            _attempt.reset(token)
        if self._claim is not None:
            await self._keep(self._claim, response)
        return response

    async def _keep(self, claim: Claim, response: Response) -> None:
        session = self._request.state.unit_of_work
        is_harmless = getattr(self._request.state, "is_harmless_again", False)
        if claim.use.user_id is None and is_harmless:
            # Whoever has no account shall not be able to fill the database.
            await idempotency.release(session, claim)
        else:
            await idempotency.finish(session, claim, _as_bytes(response))

    async def claim(self) -> Response | None:
        """Make the use this attempt's; gives the answer of an earlier one instead, if it has one.

        Raises `IdempotencyKeyInUse` and `IdempotencyKeyReused`.
        """
        use, now = await self._use(), self._resources.clock.now()
        async with self._resources.database.transaction() as session:
            found = await idempotency.claim(session, use, now=now)
        if isinstance(found, bytes):
            return _replayed(found)
        self._claim = found
        return None

    async def _use(self) -> Use:
        request, scope = self._request, self._request.scope
        asked = (
            request.method.encode(),
            own_path(scope).encode(),
            scope["query_string"],
            request.headers.get("content-type", "").encode("latin-1"),
            await request.body(),
        )
        actor: Actor = getattr(request.state, "actor", None) or Actor.anonymous()
        secret = self._resources.master_key.derive(idempotency.SECRET)
        return idempotency.use_of(self._key, asked, actor, secret=secret)

    async def _end(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """After an error the key may be used again: errors are not kept."""
        del kind, trace
        if error is not None and self._claim is not None:
            await release_claim(self._resources, self._claim)


#: The attempt that the request of this task makes.
_attempt: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


async def _read(request: Request) -> None:
    """Read the body whole; FastAPI reads forms as they come in and keeps no bytes of them."""
    try:
        await request.body()
    except ClientDisconnect:
        raise MalformedBody("The body did not arrive whole.") from None


def _as_bytes(response: Response) -> bytes:
    """The whole answer: a line of JSON with the status and the headers set so far, then the body.

    What middleware adds later (request id, times) is of the request that it is sent to.
    """
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in response.raw_headers
        if name not in _PASSING
    ]
    head = json.dumps({"status": response.status_code, "headers": headers})
    return head.encode() + b"\n" + bytes(response.body)


def _replayed(kept: bytes) -> Response:
    head, _, body = kept.partition(b"\n")
    members = json.loads(head)
    response = Response(body, status_code=members["status"])
    response.raw_headers = [
        *((name.encode("latin-1"), value.encode("latin-1")) for name, value in members["headers"]),
        REPLAYED,
    ]
    return response
