"""Watches every connection this process opens, and stops those that leave the machine.

Two places see them all. Python announces each connect and datagram of its sockets to audit hooks
from C, below asyncio and every HTTP library ("Audit events table" in Python's documentation); a
hook cannot be removed, so one is installed on first use and is idle while no recorder is active.
uvloop connects in C without Python's sockets, so its loop's connecting method is wrapped.
"""

import functools
import socket
import sys
from types import TracebackType
from typing import Any, Self

import uvloop

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_active: list["DialRecorder"] = []
_installed: list[bool] = []


class ForbiddenDialError(AssertionError):
    """Something tried to reach a host that tests may not reach."""


class DialRecorder:
    """A context manager; `dialled` lists (host, port) of all connections tried inside it.

    A connection to a host outside `allowed` fails at once, and leaving the block fails as well, so
    that code which swallows errors is found out. Of nested recorders only the innermost listens.
    Unix sockets are local by nature and not recorded.
    """

    def __init__(self, allowed: frozenset[str] = LOOPBACK) -> None:
        self._allowed = allowed
        self.dialled: list[tuple[str, int]] = []
        self.refused: list[tuple[str, int]] = []

    def __enter__(self) -> Self:
        if not _installed:
            sys.addaudithook(_hear)
            _listen_to_uvloop()
            _installed.append(True)
        _active.append(self)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _active.remove(self)
        if exc_type is None and self.refused:
            raise ForbiddenDialError(f"connections outside the machine were tried: {self.refused}")

    def hear(self, host: str, port: int) -> None:
        """Record a connection. Raises ForbiddenDialError if it must not be opened."""
        self.dialled.append((host, port))
        if host not in self._allowed:
            self.refused.append((host, port))
            raise ForbiddenDialError(f"{host}:{port} is outside this machine")


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _active or event not in _EVENTS:
        return
    connecting, address = arguments
    if isinstance(address, tuple) and _carries_data(event, connecting):
        _active[-1].hear(str(address[0]), int(address[1]))


def _carries_data(event: str, connecting: socket.socket) -> bool:
    """Connecting a datagram socket sends nothing: it only asks the system for a route."""
    return event != "socket.connect" or connecting.type != socket.SOCK_DGRAM


def _listen_to_uvloop() -> None:
    """Have uvloop's loop tell the recorder where it is about to connect to."""
    original = uvloop.Loop.create_connection

    @functools.wraps(original)
    async def heard(
        loop: uvloop.Loop, factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        if _active and host is not None:
            _active[-1].hear(str(host), int(port))
        return await original(loop, factory, host, port, **options)

    setattr(uvloop.Loop, "create_connection", heard)  # noqa: B010 - mypy knows it as a method
