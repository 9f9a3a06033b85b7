"""Bytes on a socket that no client library would send, to the shipped server."""

import json
import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.test_edge import toy
from tests.api.test_edge.served import read_to_end, serving
from tests.doubles import FakeClock

GET = b"GET /api/things HTTP/1.1\r\n"
POST = b"POST /api/things/import HTTP/1.1\r\n"
HOST = b"Host: potluck.test\r\n"
END = b"\r\n"
#: Time-outs of the impatient server, and how long a test waits for them at most.
SHORT_S = 0.3
SLACK = 3


class Answers:
    """Everything that came back until the server closed; reading fails when it does not."""

    def __init__(self, received: bytes) -> None:
        self.received = received
        self._starts = list(re.finditer(rb"HTTP/1\.1 (\d{3}) ", received))
        self.statuses = [int(start[1]) for start in self._starts]

    @property
    def headers(self) -> dict[str, str]:
        """Those of the last answer."""
        head = self.received[self._starts[-1].start() :].partition(b"\r\n\r\n")[0]
        lines = head.decode("ascii").split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in lines)

    @property
    def problem(self) -> dict[str, Any]:
        """Of the last answer."""
        found: dict[str, Any] = json.loads(self.received.rpartition(b"\r\n\r\n")[2])
        return found

    @property
    def slug(self) -> str:
        return str(self.problem["type"].rpartition("/")[2])


def say(port: int, *parts: bytes, at_most_s: float = 20) -> Answers:
    """Send the parts one by one, then read until the server closes (TimeoutError if never)."""
    with socket.create_connection(("127.0.0.1", port), timeout=at_most_s) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            client.sendall(part)
        return Answers(read_to_end(client))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(toy.build(FakeClock(), static=tmp_path_factory.mktemp("static"))) as port:
        yield port


@pytest.fixture
def impatient(static: Path) -> Iterator[int]:
    """A server that waits for nobody."""
    app = toy.build(FakeClock(), static=static, body_grace_s=SHORT_S)
    with serving(app, header_timeout_s=SHORT_S) as port:
        yield port


class TestSmugglingM07:
    """RFC 9112 11.2: two parties that read one message differently. One answer, then the end."""

    CHUNKED = b"Transfer-Encoding: chunked\r\n"
    SECOND = b"GET /api/things/page HTTP/1.1\r\n" + HOST + END

    @pytest.mark.parametrize(
        "request_",
        [
            pytest.param(POST + HOST + b"Content-Length: 5\r\n" + CHUNKED + END, id="cl+chunked"),
            pytest.param(POST + HOST + CHUNKED + b"Content-Length: 5\r\n" + END, id="chunked+cl"),
            pytest.param(
                POST + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n" + END, id="two-cl"
            ),
            pytest.param(
                POST + HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n" + END, id="same-cl"
            ),
            pytest.param(POST + HOST + b"Content-Length: 1, 1\r\n" + END, id="cl-list"),
            pytest.param(POST + HOST + b"Content-Length: +1\r\n" + END, id="cl-sign"),
            pytest.param(POST + HOST + b"Content-Length: 0x1\r\n" + END, id="cl-hex"),
            pytest.param(POST + HOST + CHUNKED + END + b"zz\r\nhi\r\n0\r\n\r\n", id="bad-chunk"),
            pytest.param(POST + HOST + CHUNKED + END + b"-2\r\nhi\r\n0\r\n\r\n", id="minus-chunk"),
            pytest.param(POST + HOST + CHUNKED + END + b"2\r\nhixx\r\n0\r\n\r\n", id="long-chunk"),
            pytest.param(
                POST + HOST + CHUNKED + END + b"f" * 17 + b"\r\nhi\r\n", id="endless-chunk"
            ),
            pytest.param(
                POST + HOST + b"Transfer-Encoding: xchunked\r\n" + END, id="unknown-coding"
            ),
            pytest.param(
                POST + HOST + b"Transfer-Encoding : chunked\r\n" + END, id="blank-after-name"
            ),
            pytest.param(
                POST + HOST + b"Transfer-Encoding: \x0bchunked\r\n" + END, id="tab-in-coding"
            ),
            pytest.param(GET + b"Host : potluck.test\r\n" + END, id="blank-before-colon"),
            pytest.param(GET + HOST + b" folded: x\r\n" + END, id="folded"),
            pytest.param(GET + HOST + b"X: a\nY: b\r\n" + END, id="lf-in-header"),
            pytest.param(GET.replace(END, b"\n") + b"Host: a\n\n", id="lf-only"),
            pytest.param(GET + HOST + b"X: a\x00b\r\n" + END, id="nul"),
            pytest.param(GET + HOST + b"X\x01: a\r\n" + END, id="control-in-name"),
            pytest.param(GET + HOST + b": a\r\n" + END, id="no-name"),
            pytest.param(GET + HOST + HOST + END, id="two-hosts"),
            pytest.param(GET + END, id="no-host"),
            pytest.param(b"GET /\x01 HTTP/1.1\r\n" + HOST + END, id="control-in-path"),
            pytest.param(b"GET / HTTP/9.9\r\n" + HOST + END, id="version"),
            pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="http2-preface"),
            pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", id="tls"),
            pytest.param(b"POST /api/things/import HTTP/1.0\r\n" + HOST + CHUNKED + END, id="1.0"),
        ],
    )
    def test_m07_doubtful_framing_is_400_and_the_end(self, port: int, request_: bytes) -> None:
        answers = say(port, request_ + self.SECOND)
        assert answers.statuses == [400]
        assert answers.slug == "malformed-request"
        assert answers.headers["connection"] == "close"

    def test_m07_a_trailer_becomes_no_header(self, port: int) -> None:
        """RFC 9110 6.5.1; else a second Host, or somebody's Authorization, could hide there."""
        answers = say(
            port,
            POST + HOST + self.CHUNKED + b"Connection: close\r\n" + END,
            b"2\r\nhi\r\n0\r\nHost: evil.test\r\nContent-Type: text/html\r\n\r\n",
        )
        assert answers.statuses == [200]

    def test_m07_a_broken_request_behind_a_whole_one_leaves_that_its_answer(
        self, port: int
    ) -> None:
        answers = say(port, GET + HOST + END + b"GET / HTTP/1.1\r\nHost : x\r\n\r\n" + self.SECOND)
        assert answers.statuses == [200]
        assert answers.headers["connection"] == "close"


class TestConnectionsS05:
    def test_s05_each_of_several_requests_in_a_row_is_answered_once(self, port: int) -> None:
        one = GET + HOST
        answers = say(port, (one + END) * 3 + one + b"Connection: close\r\n" + END)
        assert answers.statuses == [200] * 4

    def test_s05_a_wish_to_upgrade_is_passed_over_and_nothing_follows(self, port: int) -> None:
        """RFC 9110 7.8: what comes next may be another protocol already."""
        wish = GET + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + END
        answers = say(port, wish + TestSmugglingM07.SECOND)
        assert answers.statuses == [200]
        assert answers.headers["connection"] == "close"

    def test_s05_a_body_may_not_come_with_a_wish_to_upgrade(self, port: int) -> None:
        """The parser takes it for the first bytes of the other protocol: it would be lost."""
        wish = POST + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n" + END
        answers = say(port, wish, b"hi")
        assert (answers.statuses, answers.slug) == ([400], "malformed-request")

    def test_s05_who_expects_100_continue_is_told_to_go_on(self, port: int) -> None:
        head = POST + HOST + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n"
        assert say(port, head + END + b"hi").statuses == [100, 200]


class TestTargetsJ08:
    def test_j08_the_host_of_an_absolute_target_is_the_one_that_counts(self, static: Path) -> None:
        """RFC 9112 3.2.2."""
        app = toy.build(FakeClock(), static=static, own_hosts=frozenset({"potluck.test"}))
        close = b"Connection: close\r\n" + END
        with serving(app) as port:
            ours = b"GET http://potluck.test/api/things HTTP/1.1\r\nHost: evil.test\r\n"
            assert say(port, ours + close).statuses == [200]
            theirs = say(port, b"GET http://evil.test/api/things HTTP/1.1\r\n" + HOST + close)
            assert (theirs.statuses, theirs.slug) == ([400], "unknown-host")
            two = say(port, ours + b"Host: potluck.test\r\n" + close)
            assert (two.statuses, two.slug) == ([400], "malformed-request")

    @pytest.mark.parametrize(
        "target", [b"http://evil@potluck.test/", b"http://a b/", b"http:///x", b"ftp://x/", b"x"]
    )
    def test_j08_odd_targets_are_malformed(self, port: int, target: bytes) -> None:
        answers = say(port, b"GET " + target + b" HTTP/1.1\r\n" + HOST + END)
        assert (answers.statuses, answers.slug) == ([400], "malformed-request")

    def test_an_absolute_target_may_leave_the_path_out(self, port: int) -> None:
        close = b"Connection: close\r\n" + END
        answers = say(port, b"GET http://potluck.test HTTP/1.1\r\n" + HOST + close)
        assert answers.statuses == [404]


class TestMethodsM06:
    @pytest.mark.parametrize("line", [b"BREW /pot", b"CONNECT a.test:443"])
    def test_m06_what_is_no_method_of_ours_is_501(self, port: int, line: bytes) -> None:
        answers = say(port, line + b" HTTP/1.1\r\n" + HOST + END)
        assert (answers.statuses, answers.slug) == ([501], "unknown-method")

    def test_m06_trace_is_405_and_sends_nothing_back(self, port: int) -> None:
        close = b"X-Secret: hush\r\nConnection: close\r\n" + END
        answers = say(port, b"TRACE /api/things HTTP/1.1\r\n" + HOST + close)
        assert (answers.statuses, answers.slug) == ([405], "method-not-allowed")
        assert b"hush" not in answers.received


class TestSizesS03:
    """What never ends is not kept."""

    @pytest.mark.parametrize(
        ("head", "filler", "status"),
        [
            pytest.param(GET + HOST + b"X: ", b"y" * 65_536, 431, id="one-header"),
            pytest.param(GET + HOST, b"X: y\r\n" * 10_000, 431, id="many-headers"),
            pytest.param(b"GET /", b"x" * 65_536, 414, id="url"),
        ],
    )
    def test_s03_a_head_without_end_is_cut_off(
        self, port: int, head: bytes, filler: bytes, status: int
    ) -> None:
        answers = say(port, head, filler, filler)
        assert answers.statuses == [status]
        assert answers.slug == {414: "uri-too-long", 431: "headers-too-large"}[status]

    @pytest.mark.parametrize(
        "filler", [pytest.param(b"0\r\nX: ", id="trailer"), pytest.param(b"1;", id="extension")]
    )
    def test_s03_so_is_what_is_no_content_of_a_body(self, port: int, filler: bytes) -> None:
        head = POST + HOST + TestSmugglingM07.CHUNKED + END
        answers = say(port, head, filler, *[b"y" * 65_536] * 20)
        assert (answers.statuses, answers.slug) == ([431], "headers-too-large")

    def test_s03_headers_within_the_limit_may_come_in_pieces(self, port: int) -> None:
        pieces = [b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(30)]
        answers = say(port, GET, HOST, *pieces, b"Connection: close\r\n", END)
        assert answers.statuses == [200]


class TestPatienceN02:
    def test_n02_a_head_that_stops_half_way_is_408(self, impatient: int) -> None:
        started = time.monotonic()
        answers = say(impatient, GET + b"Host: pot", at_most_s=SLACK)
        took_s = time.monotonic() - started
        sys.stdout.write(f"\n408 after {took_s:.2f} s of {SHORT_S} s\n")
        assert (answers.statuses, answers.slug) == ([408], "request-timeout")

    def test_n02_a_head_that_drips_is_408(self, impatient: int) -> None:
        with socket.create_connection(("127.0.0.1", impatient), timeout=SLACK) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(GET)
            received = drip(client, b"X: y\r\n")
        assert Answers(received).statuses == [408]

    @pytest.mark.parametrize("sent", [b"", b"\r\n", b"\r\n\r\n"])
    def test_n02_who_says_nothing_is_left_without_an_answer(
        self, impatient: int, sent: bytes
    ) -> None:
        assert say(impatient, sent, at_most_s=SLACK).received == b""

    def test_n02_blank_lines_keep_nobody_waiting(self, impatient: int) -> None:
        with socket.create_connection(("127.0.0.1", impatient), timeout=SLACK) as client:
            client.sendall(GET + HOST + END)
            received = drip(client, b"\r\n")
        assert Answers(received).statuses == [200]

    def test_n02_the_second_head_of_a_connection_has_the_same_time(self, impatient: int) -> None:
        answers = say(impatient, GET + HOST + END, GET, at_most_s=SLACK)
        assert answers.statuses == [200, 408]

    @pytest.mark.parametrize("length", [b"Content-Length: 1000", b"Transfer-Encoding: chunked"])
    def test_n02_a_body_that_stops_half_way_is_408(self, impatient: int, length: bytes) -> None:
        answers = say(impatient, POST + HOST + length + END + END + b"5\r\nh", at_most_s=SLACK)
        assert (answers.statuses, answers.slug) == ([408], "request-timeout")
        assert answers.headers["connection"] == "close"
        assert answers.problem["detail"] == "Send the body with at least 1024 bytes a second."

    def test_n02_a_body_that_drips_is_408(self, impatient: int) -> None:
        with socket.create_connection(("127.0.0.1", impatient), timeout=SLACK) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(POST + HOST + b"Content-Length: 1000\r\n" + END + b"x" * 200)
            received = drip(client, b"x")
        assert Answers(received).statuses == [408]

    def test_n02_a_body_that_nobody_reads_does_not_hold_the_connection(
        self, impatient: int
    ) -> None:
        with socket.create_connection(("127.0.0.1", impatient), timeout=SLACK) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            head = b"POST /api/things/ignore HTTP/1.1\r\n" + HOST
            client.sendall(head + b"Content-Length: 1000\r\n" + END)
            received = drip(client, b"x")
        assert Answers(received).statuses == [200]

    def test_n02_nor_does_the_end_of_a_body_that_comes_after_its_answer(
        self, impatient: int
    ) -> None:
        with socket.create_connection(("127.0.0.1", impatient), timeout=SLACK) as client:
            head = b"POST /api/things/ignore HTTP/1.1\r\n" + HOST
            client.sendall(head + b"Content-Length: 5\r\n" + END)
            assert Answers(client.recv(65_536)).statuses == [200]
            client.sendall(b"whole")
            assert b"HTTP" not in read_to_end(client)


def drip(client: socket.socket, piece: bytes) -> bytes:
    """Send a little again and again until the server closes; gives what it answered."""
    received = b""
    client.settimeout(SHORT_S / 10)
    end = time.monotonic() + SLACK
    while time.monotonic() < end:
        try:
            client.sendall(piece)
            part = client.recv(65_536)
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            return received
        if not part:
            return received
        received += part
    pytest.fail("the server is still listening")


class TestAnswerOfTheServer:
    def test_m01_is_a_problem_like_any_other(self, port: int) -> None:
        answers = say(port, b"nonsense\r\n\r\n")
        headers = answers.headers
        request_id = headers["x-request-id"]
        assert headers["content-type"] == "application/problem+json"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["strict-transport-security"] == "max-age=31536000"
        assert headers["cache-control"] == "no-store"
        assert headers["content-length"] == str(len(answers.received.partition(b"\r\n\r\n")[2]))
        assert answers.problem == {
            "type": "https://potluck.test/problems/malformed-request",
            "title": "The request could not be read",
            "status": 400,
            "detail": "This is not HTTP/1.1 as RFC 9112 describes it.",
            "instance": "/",
            "request_id": request_id,
        }
