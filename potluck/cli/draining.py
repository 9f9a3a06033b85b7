"""The end of a serving process, so that a restart loses no request.

SIGTERM, then for `drain_s` seconds: not ready, and every answer ends its connection. So a proxy
that asks /health/ready sends nothing new, and one that does not keeps no connection on which its
next request would cross our good-bye. Then nobody new is let in, who is connected and has not said
a word yet is heard (uvicorn alone would hang up on them), and what runs is finished.
"""

import asyncio
import gc
import os
import socket
import time
from functools import partial
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess, multiprocess

from potluck.core.lifecycle import PROCESS

#: Longest wait for the request of a connection that was made just before the end.
FIRST_WORD_S = 2.0
#: How long who knocked already gets to be let in, after nobody else may knock.
LAST_KNOCK_S = 0.1
#: The first descriptor that systemd hands over (sd_listen_fds(3)).
FIRST_SOCKET = 3


class DrainingServer(uvicorn.Server):
    """Says "not ready" for `drain_s` seconds before it closes the socket.

    A second signal stops at once.
    """

    def __init__(self, config: uvicorn.Config, drain_s: float) -> None:
        super().__init__(config)
        self._drain_s = drain_s

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by the signal, in the thread of the event loop."""
        if PROCESS.is_draining:
            super().handle_exit(sig, frame)
            return
        PROCESS.is_draining = True
        good_bye = (b"connection", b"close")
        self.config.encoded_headers.append(good_bye)
        self.server_state.default_headers = [*self.server_state.default_headers, good_bye]
        loop = asyncio.get_running_loop()
        # A signal may come in while the loop sleeps in select: wake it.
        loop.call_soon_threadsafe(loop.call_later, self._drain_s, super().handle_exit, sig, frame)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until a signal; what is loaded for it is not searched for garbage."""
        gc.disable()
        await super().serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts without looking for garbage, as there is none.

        What is made now stays for good: looking through it took 0.2 s of 1.5, and leaving it out
        of every later search shortens those.
        """
        await super().startup(sockets)
        gc.freeze()
        gc.enable()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets nobody new in, hears who is there, and then does as uvicorn does."""
        if sockets is None:
            await self._empty_the_queue()
        for server in self.servers:
            server.close()
        # uvicorn has no event for a first word.
        end = time.monotonic() + FIRST_WORD_S
        while self._is_somebody_silent() and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await super().shutdown(sockets)

    async def _empty_the_queue(self) -> None:
        """Closing a socket resets whoever the kernel has connected and we have not accepted.

        With no room in the queue it connects nobody else, and a proxy tries another process.
        """
        for server in self.servers:
            for listening in server.sockets:
                with socket.socket(fileno=os.dup(listening.fileno())) as same:
                    same.listen(0)
        await asyncio.sleep(LAST_KNOCK_S)

    def _is_somebody_silent(self) -> bool:
        return any(
            getattr(connection, "cycle", None) is None
            for connection in self.server_state.connections
        )


class DrainingProcess(multiprocess.Process):
    """One of several serving processes; each drains by itself."""

    def __init__(self, *arguments: Any, drain_s: float) -> None:
        super().__init__(*arguments)
        self._drain_s = drain_s

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """What the process does."""
        # Made before uvicorn's thread asks it whether it has started, or each would make one.
        self._server = DrainingServer(self.config, self._drain_s)
        super().target(sockets)


def supervisor(
    config: uvicorn.Config, sockets: list[socket.socket], drain_s: float
) -> Multiprocess:
    """Keeps several draining processes alive over shared sockets."""
    # uvicorn names the class in four places and takes none from its caller.
    multiprocess.Process = partial(  # type: ignore[assignment, misc]
        DrainingProcess, drain_s=drain_s
    )
    return Multiprocess(config, sockets)


def handed_sockets() -> list[socket.socket]:
    """Sockets that whoever started us listens on for us (systemd socket activation).

    They outlive this process: who connects during a restart waits instead of being refused.
    """
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(os.environ.get("LISTEN_FDS", "0"))
    return [socket.socket(fileno=FIRST_SOCKET + index) for index in range(count)]
