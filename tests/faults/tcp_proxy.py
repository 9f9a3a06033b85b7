"""A TCP proxy that spoils what passes: slow, cut off, reset, swallowed."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Mode = Literal["pass", "delay", "throttle", "drop", "reset", "black hole", "half-close"]
CHUNK = 65_536


@dataclass
class TcpProxy:
    """Listens on loopback; `mode` may be changed at any moment and holds from the next chunk on.

    `pass`: as if it were not there. `delay`: every chunk comes `delay_s` later. `throttle`: at most
    `bytes_per_s`. `drop`: each direction ends after `drop_after` bytes. `reset`: connections are
    reset. `black hole`: everything is taken and nothing passed on. `half-close`: the target's side
    is told that nothing more comes, while its answers still pass.
    """

    target: tuple[str, int] | Path
    mode: Mode = "pass"
    delay_s: float = 0.2
    bytes_per_s: int = 10_000
    drop_after: int = 1_000
    port: int = 0
    accepted: int = 0
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def serve(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        """One connection."""
        self.accepted += 1
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
                group.create_task(self._pass_on(near, into, is_request=True))
                group.create_task(self._pass_on(far, out, is_request=False))
        except* OSError:
            pass
        finally:
            if self.is_resetting():
                _reset(out)
            into.transport.abort()

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, is_request: bool
    ) -> None:
        passed = 0
        while chunk := await source.read(CHUNK):
            if self.mode == "delay":
                await asyncio.sleep(self.delay_s)
            elif self.mode == "throttle":
                await asyncio.sleep(len(chunk) / self.bytes_per_s)
            elif self.mode == "half-close" and is_request:
                break
            elif self.mode == "reset":
                raise ConnectionResetError
            elif self.mode == "drop" and passed + len(chunk) > self.drop_after:
                raise ConnectionAbortedError
            if self.mode == "black hole":
                continue
            passed += len(chunk)
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
