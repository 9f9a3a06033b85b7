"""Text that is long enough goes over the wire as zstd, br or gzip (RFC 9110 8.4, RFC 8878)."""

from functools import cached_property

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from potluck.api.problems import MEDIA_TYPE

#: Shorter than one packet on the way anyhow.
LEAST_BYTES = 500
#: Low levels: the next ones cost twice as much for a tenth less (4 and 50 kB of JSON and HTML).
ZSTD_LEVEL, BROTLI_QUALITY, GZIP_LEVEL = 3, 3, 2

_VARIES = b"accept-encoding"
_NOT_MODIFIED = 304
_PAST_THE_CODEC = "potluck.send_as_it_is"

add_compress_type(MEDIA_TYPE)


class Compression:
    """Compresses answers of text and JSON that the app gives in one piece.

    Left alone: what comes in several pieces or is an event stream (it must leave as it is made),
    what has a coding or chose to have none (static files keep theirs), pictures, and 304, which
    only gets the `Vary` of the answer it stands for (RFC 9110 15.4.5). ETags stay the same in every
    coding: see docs/decisions/0014-one-etag-for-all-encodings.md.

    CPU per request of a bare app with and without this layer (2 cores, Python 3.11): 4 kB of JSON
    take 7 microseconds more without `Accept-Encoding`, 28 with zstd, 35 with br and 26 with gzip;
    50 kB take 7, 49, 99 and 64. zstandard is loaded when a client first asks for any coding
    (17 ms, 2.4 MB).

    A secret beside something that an attacker chose could be guessed from lengths (BREACH). The
    secrets of our pages are form tokens, which are masked anew for every page (`core.csrf`).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = _InOnePiece(app)
        self._as_it_is = CompressMiddleware(
            self._app, minimum_size=LEAST_BYTES, zstd=False, brotli=False, gzip=False
        )

    @cached_property
    def _packed(self) -> CompressMiddleware:
        return CompressMiddleware(
            self._app,
            minimum_size=LEAST_BYTES,
            zstd_level=ZSTD_LEVEL,
            brotli_quality=BROTLI_QUALITY,
            gzip_level=GZIP_LEVEL,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[_PAST_THE_CODEC] = send
        asks = any(name == _VARIES for name, _ in scope["headers"])
        await (self._packed if asks else self._as_it_is)(scope, receive, send)


class _InOnePiece:
    """Hands the codec what it may pack, and everything else past it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        past: Send = scope[_PAST_THE_CODEC]
        held: Message | None = None
        way = send

        async def send_on(message: Message) -> None:
            nonlocal held, way
            if message["type"] == "http.response.start":
                held = message
                return
            if held is not None:
                start, held = held, None
                if message.get("more_body", False) or _is_settled(start):
                    way = past
                await way(start)
            await way(message)

        await self._app(scope, receive, send_on)


def _is_settled(start: Message) -> bool:
    """Whether the codec has no say in this answer; sees to the `Vary` of a 304."""
    is_not_modified: bool = start["status"] == _NOT_MODIFIED
    for name, value in start["headers"]:
        if name.lower() == b"vary" and _VARIES in value.lower():
            return True
        if name.lower() == b"content-type" and value.lower().startswith(b"text/event-stream"):
            return True
    if is_not_modified:
        MutableHeaders(scope=start).add_vary_header("Accept-Encoding")
    return is_not_modified
