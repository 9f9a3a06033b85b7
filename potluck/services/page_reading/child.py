"""One child process of the page reader, as its parent sees it."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

import anyio

import potluck
from potluck.services.page_reading import frames

_ROOT = str(Path(potluck.__file__).resolve().parent.parent)
#: Isolated mode takes neither environment nor working directory; so the path is said here.
_PROGRAM = (
    f"import sys; sys.path.insert(0, {_ROOT!r}); "
    "from potluck.services.page_reading.worker import main; main()"
)


class ChildFailed(Exception):
    """The child ended or answered nonsense. Never leaves this package."""


class Child:
    """A running reader.

    `pid` is its process, `pages` counts what it was asked, `is_worn` says that it asks to be
    replaced.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self.pid = process.pid
        self.pages = 0
        self.is_worn = False

    @classmethod
    async def start(cls) -> "Child":
        """Starts a process and waits until it has loaded its libraries (2 s).

        It gets no environment: settings and secrets of the parent are none of its business.
        """
        with anyio.CancelScope(shield=True):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-X", "utf8", "-c", _PROGRAM,
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

    async def ask(self, payload: bytes) -> dict[str, Any]:
        """Sends a request and waits for its reply; raises ChildFailed when none comes."""
        self.pages += 1
        if self._process.stdin is None:
            raise ChildFailed
        try:
            self._process.stdin.write(frames.pack(payload))
            await self._process.stdin.drain()
        except OSError as failure:
            raise ChildFailed from failure
        try:
            members = frames.read_reply(await self._receive())
        except ValueError as failure:
            raise ChildFailed from failure
        self.is_worn = bool(members.get("worn"))
        return members

    async def _receive(self) -> bytes:
        if self._process.stdout is None:
            raise ChildFailed
        try:
            header = await self._process.stdout.readexactly(frames.HEADER.size)
            (size,) = frames.HEADER.unpack(header)
            if size > frames.LARGEST_REPLY:
                raise ChildFailed
            return await self._process.stdout.readexactly(size)
        except (OSError, asyncio.IncompleteReadError) as failure:
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
