"""A TCP proxy that spoils what passes: slow, reset, swallowed."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Mode = Literal["pass", "delay", "reset", "black hole"]
CHUNK = 65_536


@dataclass
class TcpProxy:
    """Listens on loopback; `mode` may be changed at any moment and holds from the next chunk on.

    `pass`: as if it were not there. `delay`: every chunk comes `delay_s` later. `reset`:
    connections are reset. `black hole`: everything is taken and nothing passed on.
    """

    target: tuple[str, int] | Path
    mode: Mode = "pass"
    delay_s: float = 0.05
    port: int = 0
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def serve(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._serve(near, out)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            out.transport.abort()

    async def _serve(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        if self.is_resetting():
            _reset(out)
            return
        if isinstance(self.target, Path):
            far, into = await asyncio.open_unix_connection(str(self.target))
        else:
            far, into = await asyncio.open_connection(*self.target)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on(near, into))
                group.create_task(self._pass_on(far, out))
        except* OSError:
            pass
        finally:
            if self.is_resetting():
                _reset(out)
            into.transport.abort()

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while chunk := await source.read(CHUNK):
            if self.mode == "delay":
                await asyncio.sleep(self.delay_s)
            elif self.mode == "reset":
                raise ConnectionResetError
            if self.mode == "black hole":
                continue
            target.write(chunk)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()

    def is_resetting(self) -> bool:
        """The mode may change at every await."""
        return self.mode == "reset"

    def cut(self) -> None:
        """End every connection that there is."""
        for task in list(self._tasks):
            task.cancel()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a RST instead of a FIN."""
    taken: socket.socket | None = writer.get_extra_info("socket")
    if taken is not None:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextlib.asynccontextmanager
async def tcp_proxy(target: tuple[str, int] | Path) -> AsyncIterator[TcpProxy]:
    """A proxy before a port or a unix socket until the block ends."""
    proxy = TcpProxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
        await asyncio.sleep(0)
