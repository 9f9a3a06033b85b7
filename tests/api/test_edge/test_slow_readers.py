"""Clients that ask for much and read little of it."""

import contextlib
import select
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.api.test_edge import toy
from tests.api.test_edge.served import read_to_end, serving
from tests.doubles import FakeClock

HOST = b"Host: potluck.test\r\n"
SIZE = 8_000_000
WINDOW_S = 1.0
PIECE = 32_768
#: More than the kernels hold between a server and a client that has room for little.
STILL_OURS = 6_000_000
GONE = select.POLLERR | select.POLLHUP


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that looks each second whether a KiB was read."""
    static = tmp_path_factory.mktemp("static")
    (static / "long.txt").write_bytes(b"soup" * (SIZE // 4))
    app = toy.build(FakeClock(), static=static)
    with serving(app, send_timeout_s=WINDOW_S) as port:
        yield port


def asked(port: int, path: str, *more: bytes) -> socket.socket:
    """A client that has asked, and has room for little."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    head = [f"GET {path} HTTP/1.1\r\n".encode(), HOST, *more, b"\r\n"]
    client.sendall(b"".join(head))
    return client


def is_hung_up_on(client: socket.socket, within_s: float) -> bool:
    """Whether the connection was reset; reads nothing."""
    poll = select.poll()
    poll.register(client, GONE)
    return bool(poll.poll(within_s * 1000))


@pytest.mark.parametrize(
    ("path", "more"),
    [
        pytest.param(f"/api/things/text/{SIZE}", (), id="one piece"),
        pytest.param(f"/api/things/text/{SIZE}", (b"Connection: close\r\n",), id="the last answer"),
        pytest.param("/static/long.txt", (), id="many pieces"),
    ],
)
def test_n02_who_reads_nothing_is_hung_up_on(port: int, path: str, more: tuple[bytes, ...]) -> None:
    with closing(asked(port, path, *more)) as client:
        assert is_hung_up_on(client, within_s=10 * WINDOW_S)


def test_n02_who_stops_before_the_end_is_hung_up_on(port: int) -> None:
    with closing(asked(port, f"/api/things/text/{SIZE}", b"Connection: close\r\n")) as client:
        received = 0
        while received < SIZE - STILL_OURS:
            received += len(client.recv(PIECE))
        assert is_hung_up_on(client, within_s=10 * WINDOW_S)


def test_n02_who_asks_on_without_reading_is_hung_up_on(port: int) -> None:
    with closing(asked(port, "/api/things/text/60000")) as client:
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            for _ in range(500):
                client.sendall(b"GET /api/things/text/60000 HTTP/1.1\r\n" + HOST + b"\r\n")
        assert is_hung_up_on(client, within_s=20 * WINDOW_S)


def test_n02_who_reads_slowly_gets_everything(port: int) -> None:
    with closing(asked(port, f"/api/things/text/{SIZE}", b"Connection: close\r\n")) as client:
        received = b""
        for _ in range(12):
            received += client.recv(PIECE, socket.MSG_WAITALL)
            assert not is_hung_up_on(client, within_s=WINDOW_S / 4)
        received += read_to_end(client)
    assert received.partition(b"\r\n\r\n")[2] == b"soup" * (SIZE // 4)
