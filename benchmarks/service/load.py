"""A client that asks as fast as it is answered: raw HTTP/1.1 over kept connections, on loopback.

It knows of HTTP what our own answers need (`Content-Length`), so that it costs less than what it
measures.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


@dataclass
class Taken:
    """What one load took: seconds of each request, how often which status, bytes of a body."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    body_bytes: int = 0
    wall_s: float = 0.0


def request(
    method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method not in {"GET", "HEAD"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + _HEAD_END + body


async def run(port: int, requests: Iterator[bytes], *, connections: int, for_s: float) -> Taken:
    """Ask on so many connections at once for so many seconds."""
    taken = Taken()
    start = time.perf_counter()
    end = start + for_s
    await asyncio.gather(*(_keep_asking(port, requests, end, taken) for _ in range(connections)))
    taken.wall_s = time.perf_counter() - start
    return taken


async def ask(port: int, wanted: bytes) -> tuple[int, bytes, bytes]:
    """One request on a connection of its own: status, head and body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await _exchange(reader, writer, wanted)
    finally:
        writer.close()


async def _keep_asking(port: int, requests: Iterator[bytes], end: float, taken: Taken) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (start := time.perf_counter()) < end:
        status, _, body = await _exchange(reader, writer, next(requests))
        taken.seconds.append(time.perf_counter() - start)
        taken.statuses[status] += 1
        taken.body_bytes = len(body)
    writer.close()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wanted: bytes
) -> tuple[int, bytes, bytes]:
    writer.write(wanted)
    head = await reader.readuntil(_HEAD_END)
    status = int(head[9:12])
    length = _LENGTH.search(head)
    has_body = status not in {204, 304} and not wanted.startswith(b"HEAD")
    body = await reader.readexactly(int(length[1])) if length and has_body else b""
    return status, head, body
