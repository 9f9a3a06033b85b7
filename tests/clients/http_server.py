"""A real HTTP server on 127.0.0.1 that answers each path with exactly the bytes it was told."""

import asyncio
import gzip
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def answer(
    body: bytes = b"",
    *,
    status: str = "200 OK",
    content_type: str = "text/html; charset=utf-8",
    **headers: str,
) -> bytes:
    """A whole response; `headers` are named with underscores for hyphens."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(status=status, Location=location)


def gzipped(body: bytes) -> bytes:
    return answer(gzip.compress(body), Content_Encoding="gzip")


class ScriptedServer:
    """`answers` maps a request target to raw bytes or to a script that talks by itself.

    `heads` are the request heads received, as text; `server_names` the names asked for by TLS.
    """

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, bytes | Script] = {}
        self.heads: list[str] = []
        self.server_names: list[str | None] = []
        self.port = 0
        self._ssl_context = ssl_context
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def targets(self) -> list[str]:
        """The request targets received, in order."""
        return [head.split(" ")[1] for head in self.heads]

    async def __aenter__(self) -> Self:
        if self._ssl_context:
            self._ssl_context.sni_callback = lambda _socket, name, _context: (
                self.server_names.append(name)
            )
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=self._ssl_context)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        await asyncio.wait([talk])

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            scripted = self.answers[head.split(" ")[1]]
            if isinstance(scripted, bytes):
                writer.write(scripted)
                await writer.drain()
            else:
                await scripted(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left early, which is what many of these tests are about
        finally:
            writer.close()
