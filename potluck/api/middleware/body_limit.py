"""How much a client may send, and how slowly."""

import asyncio
from collections.abc import Callable

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from potluck.api.problems import BaseUrlOf, PageOf, problem_response
from potluck.core.errors import BodyTooLarge

MIB = 1024 * 1024
#: After a 413 we read on for a while and throw away. Measured on Linux with 50 MB: closing at once
#: resets the connection, and http.client and requests lose the answer (0 of 5 got it, with reading
#: on 5 of 5). Past these bounds the connection is cut all the same.
DRAIN_BYTES = 64 * MIB
DRAIN_S = 10
#: What a modem of 1990 did. Slower is somebody who wants to hold the connection.
LEAST_BYTES_PER_S = 1024


class BodyLimit:
    """Answers 413 to a body over `limit_for(path)` bytes, announced or not, and 408 to a slow one.

    An announced length over the limit is refused before anything is read. Otherwise bytes are
    counted as they arrive, and the read that passes the limit fails. FastAPI's `max_body_size` does
    the same but answers in plain text from outside all other layers: no problem, no id, no CORS.

    Slow is who keeps us waiting for `grace_s` more than the bytes that came are worth, by
    `LEAST_BYTES_PER_S`; a fast start saves nothing up. Only waiting counts: a body that nobody
    reads yet is late by no fault of the client.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit_for: Callable[[str], int],
        grace_s: float,
        base_url_of: BaseUrlOf,
        page_of: PageOf | None = None,
    ) -> None:
        self.app = app
        self.limit_for = limit_for
        self.grace_s = grace_s
        self.base_url_of = base_url_of
        self.page_of = page_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limit_for(scope["path"])
        exchange = _Exchange(receive, send, limit, self.grace_s)
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "")
        if not announced.isdecimal() or int(announced) <= limit:
            await self.app(scope, exchange.receive, exchange.send)
            return
        exchange.is_over = True
        # Who waits for "100 Continue" (RFC 9110 10.1.1) has sent nothing that could be read.
        exchange.has_more = "expect" not in headers
        error = BodyTooLarge(_sentence(limit))
        page = await self.page_of(Request(scope), error) if self.page_of else None
        answer = page or problem_response(error, scope=scope, base_url=self.base_url_of(scope))
        await answer(scope, exchange.receive, exchange.send)


class _Exchange:
    """One request and its answer: counts what comes in, and ends well when it is too much."""

    def __init__(self, receive: Receive, send: Send, limit: int, grace_s: float) -> None:
        self.is_over = False
        self.has_more = True
        self._receive, self._send, self._limit = receive, send, limit
        self._received = 0
        self._grace_s = self._patience_s = grace_s

    async def receive(self) -> Message:
        message = await self._read_in_time() if self.has_more else await self._read()
        if self._received > self._limit:
            self.is_over = True
            # The one kind of exception that FastAPI lets pass while it reads a body.
            raise HTTPException(413, _sentence(self._limit))
        return message

    async def send(self, message: Message) -> None:
        if not self.is_over:
            await self._send(message)
        elif message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Connection"] = "close"
            await self._send(message)
        elif message.get("more_body", False):
            await self._send(message)
        else:
            # The client has the whole answer; the server closes after the last, empty message.
            await self._send({**message, "more_body": True})
            await self._drain()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _read_in_time(self) -> Message:
        now = asyncio.get_running_loop().time
        started_s, before = now(), self._received
        try:
            async with asyncio.timeout(self._patience_s):
                message = await self._read()
        except TimeoutError:
            self.is_over, self.has_more = True, False
            raise HTTPException(408, _TOO_SLOW) from None
        earned_s = (self._received - before) / LEAST_BYTES_PER_S
        self._patience_s = min(self._patience_s + earned_s - now() + started_s, self._grace_s)
        return message

    async def _read(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        self.has_more = message.get("more_body", False)
        return message

    async def _drain(self) -> None:
        with anyio.move_on_after(DRAIN_S):
            while self.has_more and self._received < DRAIN_BYTES:
                await self._read()


_TOO_SLOW = f"Send the body with at least {LEAST_BYTES_PER_S} bytes a second."


def _sentence(limit: int) -> str:
    return f"Send at most {limit / MIB:g} MiB here."
