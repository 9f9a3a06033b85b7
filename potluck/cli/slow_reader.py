"""An end to the patience with clients that do not read their answers.

Neither uvicorn nor asyncio has one: what a client leaves unread, its connection and its descriptor
stay until the client goes. nginx has `send_timeout` for it, 60 s as delivered.
"""

import asyncio
import contextlib
import socket
import struct
import sys

import structlog

from potluck.api.middleware.body_limit import LEAST_BYTES_PER_S

#: Where `tcpi_bytes_acked` lies in the `struct tcp_info` of linux/tcp.h, since Linux 4.1.
_BYTES_ACKED = 120
#: Closing forgets what was not sent and resets the connection (socket(7), SO_LINGER).
_AT_ONCE = struct.pack("ii", 1, 0)
_log = structlog.stdlib.get_logger("potluck.server")


class ReaderWatch:
    """Ends a connection that has answers waiting of which the client takes less than 1 KiB/s.

    It looks every `every_s` seconds, from the first to `end`: so no way to write or to close needs
    to think of it. What the client's system has acknowledged counts, not what is left: we may
    write more meanwhile. Systems other than Linux do not tell, and get no watch.
    """

    def __init__(self, transport: asyncio.Transport, every_s: float) -> None:
        self._transport = transport
        self._every_s = every_s
        self._acknowledged: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        if sys.platform == "linux":
            self._wait()

    def end(self) -> None:
        """The connection has ended."""
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._every_s, self._look)

    def _look(self) -> None:
        before, self._acknowledged = self._acknowledged, None
        if self._transport.get_write_buffer_size():
            try:
                self._acknowledged = now = self._read_acknowledged()
            except OSError:  # a Unix socket, which a proxy of this machine reads
                return
            if before is not None and now - before < LEAST_BYTES_PER_S * self._every_s:
                self._hang_up()
                return
        self._wait()

    def _read_acknowledged(self) -> int:
        connection = self._transport.get_extra_info("socket")
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_ACKED + 8)
        return int(struct.unpack_from("=Q", info, _BYTES_ACKED)[0])

    def _hang_up(self) -> None:
        waiting = self._transport.get_write_buffer_size()
        _log.info("hung up on a client that does not read", waiting_bytes=waiting)
        connection = self._transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()
