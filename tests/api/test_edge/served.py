"""An app behind the shipped server, in a thread of the test process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from potluck.cli.server import http_protocol
from potluck.core.config import Settings
from tests.api.test_edge import toy


class _Server(uvicorn.Server):
    """Tells when it answers, so that nobody has to ask again and again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@contextmanager
def serving(
    app: FastAPI, *, header_timeout_s: float = 10, send_timeout_s: float = 60
) -> Iterator[int]:
    """Gives the port of 127.0.0.1 where the app is served."""
    times = {"header_timeout_s": header_timeout_s, "send_timeout_s": send_timeout_s}
    settings = Settings(base_url=toy.BASE_URL, server=times)
    config = uvicorn.Config(
        app, http=http_protocol(settings), lifespan="off", log_config=None, access_log=False
    )
    server = _Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            assert server.is_up.wait(10)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)


def read_to_end(client: socket.socket) -> bytes:
    """Everything that the server says until it closes; TimeoutError when it does not."""
    received = b""
    while part := client.recv(65_536):
        received += part
    return received
