"""The port on which Prometheus asks: one path, one method, one answer a connection (RFC 9112)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from potluck.core.config import Settings
from potluck.core.request_context import of_job

log = structlog.get_logger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
HEAD_LIMIT = 8192
ASKED_WITHIN_S = 5.0
#: How often a port that is taken is tried again: at a restart the old process still has it.
AGAIN_S = 1.0

Text = Callable[[], Awaitable[bytes]]
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(settings: Settings, text: Text) -> AsyncIterator[None]:
    """Answer `GET /metrics` with `text` until the block ends.

    Several workers are several processes with series of their own, so each takes a port: the
    first that is free from the one in the settings on. While none is, the block goes on without.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            writer.write(await _answer_to(reader, text))
            await writer.drain()
        writer.close()

    has_tried = asyncio.Event()
    serving = _serve(settings, answer, has_tried)
    task = asyncio.create_task(serving, name="metrics", context=of_job("metrics"))
    try:
        await has_tried.wait()
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _serve(settings: Settings, answer: Answer, has_tried: asyncio.Event) -> None:
    """Listen, at once or as soon as a port is free, until cancelled."""
    try:
        server = await _listen(settings, answer)
        if server is None:
            host, port = settings.metrics.host, settings.metrics.port
            log.warning("metrics_port_taken", host=host, port=port, again_s=AGAIN_S)
    finally:
        has_tried.set()
    while server is None:
        await asyncio.sleep(AGAIN_S)
        server = await _listen(settings, answer)
    host, port = server.sockets[0].getsockname()[:2]
    log.info("metrics_served", host=host, port=port)
    async with server:
        await server.serve_forever()


async def _listen(settings: Settings, answer: Answer) -> asyncio.Server | None:
    host, first = settings.metrics.host, settings.metrics.port
    for port in range(first, min(first + settings.server.workers, 65536)):
        with suppress(OSError):
            return await asyncio.start_server(answer, host, port, limit=HEAD_LIMIT)
    return None


async def _answer_to(reader: asyncio.StreamReader, text: Text) -> bytes:
    try:
        async with asyncio.timeout(ASKED_WITHIN_S):
            head = await reader.readuntil(b"\r\n\r\n")
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return _response("400 Bad Request", b"")
    method, _, rest = head.partition(b" ")
    path = rest.partition(b" ")[0].partition(b"?")[0]
    if path != b"/metrics":
        return _response("404 Not Found", b"")
    if method != b"GET":
        return _response("405 Method Not Allowed", b"", "Allow: GET\r\n")
    return _response("200 OK", await text(), f"Content-Type: {CONTENT_TYPE}\r\n")


def _response(status: str, body: bytes, headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
