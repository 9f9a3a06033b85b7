"""The edge behind a real server: uploads that go on, connections that live on."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from potluck.api.middleware.body_limit import DRAIN_BYTES, DRAIN_S
from tests.api.test_edge import toy
from tests.api.test_edge.served import read_to_end, serving
from tests.doubles import FakeClock
from tests.log_capture import LogStream

CHUNK = b"x" * 65_536
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def port(static: Path) -> Iterator[int]:
    """The toy on a free port of this machine."""
    with serving(toy.build(FakeClock(), static=static)) as port:
        yield port


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        yield connection


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // len(CHUNK)):
        yield CHUNK


class TestBodyLimit:
    @pytest.mark.parametrize("size", [2 * toy.MIB, 30 * toy.MIB])
    def test_an_announced_body_over_the_limit_is_413(
        self, connection: http.client.HTTPConnection, size: int
    ) -> None:
        connection.request("POST", "/api/things", b"x" * size, JSON)
        answer = connection.getresponse()
        assert answer.status == 413
        problem = json.loads(answer.read())
        assert problem["type"] == "https://potluck.test/problems/body-too-large"
        assert problem["detail"] == "Send at most 1 MiB here."
        assert answer.headers["connection"] == "close"

    @pytest.mark.parametrize("size", [2 * toy.MIB, 30 * toy.MIB])
    def test_a_body_of_unknown_length_is_413_once_it_passes_the_limit(
        self, connection: http.client.HTTPConnection, size: int
    ) -> None:
        connection.request("POST", "/api/things", chunks(size), JSON, encode_chunked=True)
        answer = connection.getresponse()
        assert answer.status == 413
        assert json.loads(answer.read())["type"].endswith("/problems/body-too-large")

    @pytest.mark.parametrize(
        ("size", "status"), [(toy.IMPORT_LIMIT, 200), (toy.IMPORT_LIMIT + 1, 413)]
    )
    def test_the_limit_is_that_of_the_path_to_the_byte(
        self, connection: http.client.HTTPConnection, size: int, status: int
    ) -> None:
        connection.request("POST", "/api/things/import", b"x" * size)
        answer = connection.getresponse()
        assert answer.status == status
        if status == 200:
            assert json.loads(answer.read()) == size

    def test_who_waits_for_100_continue_gets_413_at_once(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=DRAIN_S / 2) as client:
            client.sendall(
                b"POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                b"Content-Length: 2000000\r\nExpect: 100-continue\r\n\r\n"
            )
            answer = read_to_end(client)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"100 Continue" not in answer

    def test_a_body_without_end_is_cut_off(self, port: int) -> None:
        """Over the limit we read on for a while, or clients would lose the answer; not for ever."""
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(
                b"POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n"
            )
            sent = send_until_cut(client, at_most=2 * DRAIN_BYTES)
        assert toy.LIMIT < sent < 2 * DRAIN_BYTES


class TestConnection:
    def test_p04_it_lives_on_after_an_unexpected_error(
        self, connection: http.client.HTTPConnection
    ) -> None:
        connection.request("GET", "/api/things/boom")
        first = connection.getresponse()
        assert (first.status, json.loads(first.read())["status"]) == (500, 500)
        used = connection.sock
        connection.request("GET", "/api/things")
        second = connection.getresponse()
        assert (second.status, json.loads(second.read())) == (200, [20])
        assert connection.sock is used

    def test_it_is_closed_when_a_body_fails_half_way(
        self, connection: http.client.HTTPConnection, log: LogStream
    ) -> None:
        connection.request("GET", "/api/things/stream?fail=true")
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises(http.client.IncompleteRead) as failure:
            answer.read()
        assert failure.value.partial == b"first"
        (event,) = [event for event in log.events if event["event"] == "unexpected error"]
        assert event["has_started"] is True


def send_until_cut(client: socket.socket, *, at_most: int) -> int:
    """How many bytes went out, in chunks, before the other side closed."""
    for sent in range(0, at_most, len(CHUNK)):
        try:
            client.sendall(b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK))
        except (BrokenPipeError, ConnectionResetError):
            return sent
    return at_most


class TestHead:
    def test_m02_leaves_the_connection_open_and_the_log_quiet(
        self, port: int, log: LogStream
    ) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            seen = []
            for _ in range(2):
                connection.request("HEAD", "/api/things")
                answer = connection.getresponse()
                seen.append((answer.status, answer.read()))

        assert seen == [(200, b""), (200, b"")]
        assert [event for event in log.events if event["level"] != "info"] == []
