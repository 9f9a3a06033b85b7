"""Reads bodies of strangers: counts, inflates, and stops in time."""

import zlib
from collections.abc import AsyncIterable

from potluck.core.errors import FetchTooLarge, FetchUnreachable, NotAPage


class _Unpacker:
    """Undoes a Content-Encoding: none, or one gzip member (RFC 1952; what follows is ignored)."""

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip"):
            raise NotAPage
        is_packed = name.endswith("gzip")
        self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS) if is_packed else None

    @property
    def is_complete(self) -> bool:
        """False while a gzip member lacks its end; a plain body ends with its connection."""
        return self._inflate is None or self._inflate.eof

    def feed(self, chunk: bytes, max_length: int) -> bytes:
        """The next bytes; no more than `max_length` are ever unpacked, then the caller stops."""
        if self._inflate is None:
            return chunk
        if self._inflate.eof:
            return b""
        try:
            return self._inflate.decompress(chunk, max_length)
        except zlib.error as error:
            raise NotAPage from error


async def read_body(
    chunks: AsyncIterable[bytes], *, encoding: str, max_bytes: int, max_chunks: int
) -> bytes:
    """The whole unpacked body; `encoding` is the Content-Encoding, "" for none.

    Raises FetchTooLarge past `max_bytes` (no more than one byte past it is ever unpacked) or
    `max_chunks`, NotAPage for an encoding that was not asked for, FetchUnreachable if cut short.
    """
    unpacker = _Unpacker(encoding)
    body = bytearray()
    count = 0
    async for chunk in chunks:
        count += 1
        body += unpacker.feed(chunk, max_bytes - len(body) + 1)
        if len(body) > max_bytes or count > max_chunks:
            raise FetchTooLarge
    if not unpacker.is_complete:
        raise FetchUnreachable
    return bytes(body)
