"""An end to the patience with clients that do not read their answers.

Neither uvicorn nor asyncio has one: what a client leaves unread, its connection and its descriptor
stay until the client goes. nginx has `send_timeout` for it, 60 s as delivered.
"""

import asyncio
import contextlib
import fcntl
import socket
import struct
import termios

import structlog

#: As slow as a body may arrive (`potluck.api.middleware.body_limit`).
LEAST_BYTES_PER_S = 1024

#: Closing forgets what was not sent and resets the connection (socket(7), SO_LINGER).
_AT_ONCE = struct.pack("ii", 1, 0)
_log = structlog.stdlib.get_logger("potluck.server")


class ReaderWatch:
    """Ends a connection when less than 1 KiB/s of what waits was taken within `every_s` seconds."""

    def __init__(self, transport: asyncio.Transport, every_s: float) -> None:
        self._transport = transport
        self._every_s = every_s
        self._timer: asyncio.TimerHandle | None = None
        self._left_bytes = 0

    def begin(self) -> None:
        """Something waits to be taken; a watch that goes on is left alone."""
        if self._timer is None and self._transport.get_write_buffer_size():
            self._look_again(self._unread_bytes())

    def end(self) -> None:
        """It was taken, or the connection has ended."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_again(self, left_bytes: int) -> None:
        self._left_bytes = left_bytes
        self._timer = asyncio.get_running_loop().call_later(self._every_s, self._look)

    def _look(self) -> None:
        self._timer = None
        left_bytes = self._unread_bytes()
        if self._left_bytes - left_bytes >= LEAST_BYTES_PER_S * self._every_s:
            self._look_again(left_bytes)
        elif self._transport.get_write_buffer_size():
            _log.info("hung up on a client that does not read", unread_bytes=left_bytes)
            connection = self._transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self._transport.abort()

    def _unread_bytes(self) -> int:
        """What the client has not acknowledged: ours, and what the kernel holds (tcp(7), SIOCOUTQ).

        The kernel takes more from us only when a third of its own megabytes has gone.
        """
        held, connection = bytearray(4), self._transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, held)
        return self._transport.get_write_buffer_size() + int.from_bytes(held, "little")
