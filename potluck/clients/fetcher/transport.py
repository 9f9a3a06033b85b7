"""One guarded exchange: connect, ask, read a bounded answer, close. Nothing is kept open.

One connection carries one request. That costs a handshake more than a pool would, and saves every
question about who else used a connection before.
"""

import asyncio
import ssl
from collections.abc import Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import anyio
import httpcore2
import httpx2

from potluck.clients.fetcher.body import read_body
from potluck.clients.fetcher.dialling import Dialler
from potluck.clients.fetcher.limits import FetchLimits
from potluck.clients.fetcher.targets import Target, read_target
from potluck.core.errors import (
    FetchRefused,
    FetchTooLarge,
    FetchUnreachable,
    NotAPage,
    PageProblem,
)

#: Smaller than what the protocol reader asks for, so that taking one read apart never holds up
#: the event loop for long, however finely it is sliced.
_READ_BYTES = 8 * 1024


#: They spoke of the body as it came, not of the unpacked one that is handed on.
_SPENT_HEADERS = (b"content-encoding", b"content-length", b"transfer-encoding")


@dataclass(frozen=True)
class Answer:
    """What came back: `body` is unpacked, and empty if it was not wanted."""

    status: int
    headers: httpx2.Headers
    body: bytes


class BoundedStream(httpcore2.AsyncNetworkStream):
    """A connection that gives no more than so many bytes: first for the head, then for the body."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream, *, head_bytes: int) -> None:
        self._stream = stream
        self._left = head_bytes

    def allow_body(self, body_bytes: int) -> None:
        """The head has been read; so many bytes more may follow."""
        self._left += body_bytes

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        if self._left <= 0:
            raise FetchTooLarge
        data = await self._stream.read(min(max_bytes, self._left, _READ_BYTES), timeout)
        self._left -= len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):
            await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def tls_context() -> ssl.SSLContext:
    """Verifies certificates and names against the system's authorities; reads no environment."""
    context = httpx2.create_ssl_context(trust_env=False)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


class GuardedTransport(httpx2.AsyncBaseTransport):
    """HTTP/1.1 over connections that `Dialler` opens; also usable as the transport of a client."""

    def __init__(
        self,
        dialler: Dialler,
        *,
        limits: FetchLimits,
        allow: Collection[str] = (),
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._dialler = dialler
        self._limits = limits
        self._allow = frozenset(allow)
        self._ssl_context = ssl_context or tls_context()
        self._open: set[BoundedStream] = set()
        self._is_closed = False

    async def exchange(
        self,
        request: httpx2.Request,
        target: Target,
        *,
        wants_body: Callable[[int, httpx2.Headers], bool] = lambda _status, _headers: True,
    ) -> Answer:
        """Send `request` to `target` and read the answer, its body only if `wants_body`.

        Takes no time of its own: callers put a time-out around it. Raises PageProblem classes.
        """
        stream = await self._connect(target)
        self._open.add(stream)
        try:
            if self._is_closed:
                raise FetchUnreachable
            return await self._ask(stream, request, target, wants_body)
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise FetchUnreachable from error
        finally:
            self._open.discard(stream)
            await stream.aclose()

    async def _connect(self, target: Target) -> BoundedStream:
        """Look-up, dialling and handshake, which together have one time-out."""
        limits = self._limits
        try:
            async with asyncio.timeout(limits.connect_s):
                stream = await self._dialler.connect(
                    target, resolve_s=limits.resolve_s, connect_s=limits.connect_s
                )
                if target.is_tls:
                    stream = await self._secured(stream, target.host)
        except (TimeoutError, httpcore2.NetworkError, httpcore2.TimeoutException) as error:
            raise FetchUnreachable from error
        return BoundedStream(stream, head_bytes=limits.max_head_bytes)

    async def _secured(
        self, stream: httpcore2.AsyncNetworkStream, host: str
    ) -> httpcore2.AsyncNetworkStream:
        """The stream under TLS; the certificate must be good for `host`, the name in the URL."""
        try:
            return await stream.start_tls(self._ssl_context, server_hostname=host)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await stream.aclose()
            raise

    async def _ask(
        self,
        stream: BoundedStream,
        request: httpx2.Request,
        target: Target,
        wants_body: Callable[[int, httpx2.Headers], bool],
    ) -> Answer:
        outgoing = _wire_request(request, target)
        connection = httpcore2.AsyncHTTP11Connection(outgoing.url.origin, stream)
        response = await connection.handle_async_request(outgoing)
        stream.allow_body(self._limits.max_bytes)
        headers = httpx2.Headers(response.headers)
        body = b""
        if wants_body(response.status, headers):
            async with aclosing(response.aiter_stream()) as chunks:
                body = await read_body(
                    chunks,
                    encoding=headers.get("content-encoding", ""),
                    max_bytes=self._limits.max_bytes,
                    max_chunks=self._limits.max_chunks,
                )
        return Answer(response.status, headers, body)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The same for clients of httpx2: refusals become its errors, the body comes whole."""
        try:
            target = read_target(request.url, allow=self._allow)
            async with asyncio.timeout(self._limits.timeout_s):
                answer = await self.exchange(request, target)
        except TimeoutError:
            raise httpx2.ReadTimeout("the answer took too long", request=request) from None
        except PageProblem as error:
            raise _client_error(error, request) from error
        kept = [pair for pair in answer.headers.raw if pair[0].lower() not in _SPENT_HEADERS]
        return httpx2.Response(answer.status, headers=kept, stream=httpx2.ByteStream(answer.body))

    async def aclose(self) -> None:
        """Close what is open; exchanges under way fail, later ones too."""
        self._is_closed = True
        for stream in list(self._open):
            await stream.aclose()


def _wire_request(request: httpx2.Request, target: Target) -> httpcore2.Request:
    """`request` as it is sent: to the judged target, on a connection that ends with it."""
    headers = [pair for pair in request.headers.raw if pair[0].lower() != b"connection"]
    url = httpcore2.URL(
        scheme=target.url.raw_scheme,
        host=target.host.encode("ascii"),
        port=target.port,
        target=target.url.raw_path,
    )
    return httpcore2.Request(
        request.method,
        url,
        headers=[*headers, (b"Connection", b"close")],
        content=request.stream,
    )


def _client_error(error: PageProblem, request: httpx2.Request) -> httpx2.RequestError:
    match error:
        case FetchRefused() | FetchUnreachable():
            return httpx2.ConnectError(error.title, request=request)
        case NotAPage():
            return httpx2.DecodingError(error.title, request=request)
        case _:
            return httpx2.ReadError(error.title, request=request)
