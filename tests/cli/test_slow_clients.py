"""Five hundred clients that are slow on purpose, and one that is not."""

import http.client
import select
import socket
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests import databases
from tests.serving import Server, serving

EACH_KIND = 170
ASKED = 60
SHORT_S = 2
HEAD = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
#: What each drips after its beginning; "read" asks for a script of 1.5 MB and reads none of it.
DRIPS = {"head": b"X: y\r\n", "body": b"x", "read": b""}


@pytest.mark.parametrize("engine_", databases.ENGINES)
def test_n02_r26_slow_clients_are_let_go_and_hinder_nobody(engine_: str, tmp_path: Path) -> None:
    with (
        databases.database_url(engine_, tmp_path, f"potluck_slow_{engine_}") as url,
        serving(
            tmp_path,
            POTLUCK_DATABASE__URL=url,
            POTLUCK_LOG__LEVEL="error",  # nobody reads the pipe that it logs to
            POTLUCK_SERVER__HEADER_TIMEOUT_S=str(SHORT_S),
            POTLUCK_SERVER__BODY_GRACE_S=str(SHORT_S),
        ) as server,
        ExitStack() as stack,
    ):
        page = fetch(server, "/api/v1/docs").decode()
        script = page.partition('src="')[2].partition('"')[0]
        begins = {
            "head": HEAD,
            "body": HEAD + FORM,
            "read": f"GET {script} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(),
        }
        slow = {
            kind: [stack.enter_context(connected(server, begin)) for _ in range(EACH_KIND)]
            for kind, begin in begins.items()
        }
        took_s = sorted(ask(server, slow) for _ in range(ASKED))
        p95_ms = took_s[int(0.95 * ASKED)] * 1000
        sys.stdout.write(
            f"\n{engine_}: {3 * EACH_KIND} slow clients, {ASKED} requests beside them,"
            f" 0 refused, p95 {p95_ms:.0f} ms\n"
        )
        for kind in ("head", "body"):
            wait_until_let_go(slow[kind], kind)


def connected(server: Server, begin: bytes) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(10)
    client.connect(("127.0.0.1", server.port))
    client.sendall(begin)
    client.setblocking(False)
    return client


def ask(server: Server, slow: dict[str, list[socket.socket]]) -> float:
    """Seconds that a good client waits, while the others say a little more."""
    for kind, clients in slow.items():
        drip(clients[:50], DRIPS[kind])
    started_s = time.monotonic()
    fetch(server, "/api/v1/recipes")
    return time.monotonic() - started_s


def fetch(server: Server, path: str) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200
        return body


def drip(clients: list[socket.socket], piece: bytes) -> None:
    for client in clients:
        try:
            client.send(piece)
        except OSError:
            continue


def wait_until_let_go(clients: list[socket.socket], kind: str) -> None:
    """Every one of them has its 408 and the end of the connection within thrice the time-out."""
    end = time.monotonic() + 3 * SHORT_S
    waiting = dict.fromkeys(clients, b"")
    while waiting and time.monotonic() < end:
        drip(list(waiting), DRIPS[kind])
        for client in select.select(list(waiting), [], [], 0.1)[0]:
            try:
                part = client.recv(65_536)
            except ConnectionResetError:
                part = b""
            waiting[client] += part
            if not part:
                del waiting[client]
            else:
                assert waiting[client].startswith(b"HTTP/1.1 408 ")
    assert len(waiting) == 0, f"{len(waiting)} of {len(clients)} slow {kind}s are still served"
