"""One child process, as its parent sees it."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import anyio

import potluck
from potluck.services.children import frames
from potluck.services.children.frames import Reply

#: More than this is no answer: a recipe at the limits of the contract is below 4 MB, all files of
#: a picture are below 8 MB.
LARGEST_REPLY = 16_000_000
#: A request is written in parts, so that it is not held twice.
_PART = 65_536
_ROOT = str(Path(potluck.__file__).resolve().parent.parent)


class ChildFailed(Exception):
    """The child ended or answered nonsense. Never leaves this package."""


class Child:
    """A running child.

    `pid` is its process, `tasks` counts what it was asked, `is_worn` says that it asks to be
    replaced.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self.pid = process.pid
        self.tasks = 0
        self.is_worn = False

    @classmethod
    async def start(cls, program: str, *arguments: str) -> "Child":
        """Starts `main` of the module `program` and waits until it has loaded its libraries.

        It gets no environment: settings and secrets of the parent are none of its business.
        """
        with anyio.CancelScope(shield=True):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-X", "utf8", "-c", _code(program), *arguments,
                stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={"LANG": "C.UTF-8"}, cwd="/",
            )  # fmt: skip
        child = cls(process)
        try:
            await child._receive()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await child.stop()
            raise
        return child

    async def ask(self, request: bytes) -> bytes:
        """Sends a request and waits for its reply; raises ChildFailed when none comes."""
        self.tasks += 1
        await self._send(request)
        reply = await self._receive()
        self.is_worn = reply.is_worn
        return reply.content

    async def _send(self, request: bytes) -> None:
        if self._process.stdin is None:
            raise ChildFailed
        try:
            self._process.stdin.write(frames.header(request))
            for start in range(0, len(request), _PART):
                self._process.stdin.write(request[start : start + _PART])
                await self._process.stdin.drain()
            await self._process.stdin.drain()
        except OSError as failure:
            raise ChildFailed from failure

    async def _receive(self) -> Reply:
        if self._process.stdout is None:
            raise ChildFailed
        try:
            header = await self._process.stdout.readexactly(frames.HEADER.size)
            (size,) = frames.HEADER.unpack(header)
            if size > LARGEST_REPLY:
                raise ChildFailed
            return frames.unpack_reply(await self._process.stdout.readexactly(size))
        except (OSError, ValueError, asyncio.IncompleteReadError) as failure:
            raise ChildFailed from failure

    def kill(self) -> None:
        """Ends the process; whoever waits for its reply meets ChildFailed."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def stop(self) -> None:
        """Ends the process and takes its last words, so that neither it nor a pipe is left."""
        self.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(OSError):
            await self._process.communicate()


def _code(program: str) -> str:
    """Isolated mode takes neither environment nor working directory; so the path is said here."""
    return f"import sys; sys.path.insert(0, {_ROOT!r}); from {program} import main; main()"
