"""Odd requests, refused before anything looks at what they mean."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Message

from potluck.api.middleware.guard import MAX_HEADER_BYTES, MAX_HEADERS, MAX_URI_BYTES
from tests.api.test_edge import toy
from tests.doubles import FakeClock

HOST = (b"host", b"potluck.test")
Headers = list[tuple[bytes, bytes]]


class Answer:
    """What an app sent."""

    def __init__(self, messages: list[Message]) -> None:
        start = messages[0]
        self.status: int = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.body = b"".join(message["body"] for message in messages[1:])

    @property
    def problem(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def slug(self) -> str:
        return str(self.problem["type"].rpartition("/")[2])


async def ask(
    app: ASGIApp,
    path: str = "/api/things",
    *,
    headers: Headers | None = None,
    query: bytes = b"",
    method: str = "GET",
    **scope: Any,
) -> Answer:
    """Call the app as a server does; no client in between puts anything right."""
    messages: list[Message] = []
    bodies: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not bodies:
            await asyncio.Event().wait()  # nobody hangs up
        return bodies.pop()

    async def send(message: Message) -> None:
        messages.append(message)

    whole = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "query_string": query,
        "root_path": "",
        "headers": [HOST] if headers is None else headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(whole | scope, receive, send)
    return Answer(messages)


class TestHostJ08:
    """RFC 9110 7.2, RFC 9112 3.2."""

    @pytest.mark.parametrize(
        "sent",
        [
            [],
            [b"potluck.test", b"potluck.test"],
            [b"potluck.test", b"evil.test"],
            [b""],
            [b"a/?"],
            [b"a?b"],
            [b"a b"],
            [b"cook@potluck.test"],
            [b"potluck.test:"],
            [b"potluck.test:80:80"],
            [b"potluck.test:http"],
            [b"potluck.test, evil.test"],
            [b"potluck.test#"],
            [b".potluck.test"],
            [b"potluck..test"],
            [b"pot\xc3\xa9.test"],
            [b"potluck%2etest"],
            [b"[::1"],
            [b"[:::1]"],
            [b"[127.0.0.1]"],
            [b"a" * 256],
        ],
    )
    async def test_j08_none_two_or_an_odd_one_is_malformed(
        self, app: FastAPI, sent: list[bytes]
    ) -> None:
        answer = await ask(app, headers=[(b"host", value) for value in sent])
        assert (answer.status, answer.slug) == (400, "malformed-request")

    @pytest.mark.parametrize(
        "sent",
        [
            b"potluck.test",
            b"POTLUCK.test:8000",
            b"potluck.test.",
            b"my_nas",
            b"xn--kche-0ra.example",
            b"127.0.0.1",
            b"192.168.1.20:8000",
            b"[::1]",
            b"[fe80::1]:8000",
            b"localhost:8000",
        ],
    )
    async def test_j08_any_well_formed_one_will_do_where_no_name_is_set(
        self, app: FastAPI, sent: bytes
    ) -> None:
        assert (await ask(app, headers=[(b"host", sent)])).status == 200


@pytest.fixture
def named(clock: FakeClock, static: Path) -> FastAPI:
    """The toy that is known by two names."""
    return toy.build(clock, static=static, own_hosts=frozenset({"potluck.test", "nas.home"}))


class TestNamesJ08:
    @pytest.mark.parametrize(
        "sent",
        [b"evil.test", b"potluck.test.evil.test", b"xpotluck.test", b"2130706433", b"mylocalhost"],
    )
    async def test_j08_a_name_that_is_not_ours_is_refused_with_the_setting(
        self, named: FastAPI, sent: bytes
    ) -> None:
        answer = await ask(named, headers=[(b"host", sent)])
        assert (answer.status, answer.slug) == (400, "unknown-host")
        assert "POTLUCK_SERVER__HOSTS" in answer.problem["detail"]
        assert sent.decode() not in answer.body.decode()

    @pytest.mark.parametrize(
        "sent",
        [
            b"potluck.test",
            b"Potluck.Test:443",
            b"potluck.test.",
            b"nas.home",
            b"localhost:8000",
            b"a.localhost",
            b"127.0.0.1:8000",
            b"10.0.0.7",
            b"[::1]:8000",
            b"[2001:db8::1]",
        ],
    )
    async def test_j08_our_names_and_every_address_are_taken(
        self, named: FastAPI, sent: bytes
    ) -> None:
        assert (await ask(named, headers=[(b"host", sent)])).status == 200

    @pytest.mark.parametrize("root", ["", "/kitchen"])
    @pytest.mark.parametrize("sent", [[], [b"evil.test"], [b"10.1.2.3:8000", b"probe"]])
    async def test_j08_probes_ask_by_whatever_name(
        self, named: FastAPI, sent: list[bytes], root: str
    ) -> None:
        headers = [(b"host", value) for value in sent]
        answer = await ask(named, f"{root}/health/live", headers=headers, root_path=root)
        assert answer.status == 404  # the toy has no such route, but it was asked


class TestSizeN02:
    async def test_n02_addresses_may_have_8_kib(self, app: FastAPI) -> None:
        path = "/api/things"
        room = MAX_URI_BYTES - len(path) - len("?limit=")
        assert (await ask(app, path, query=b"limit=" + b"1".zfill(room))).status == 200
        answer = await ask(app, path, query=b"limit=" + b"1".zfill(room + 1))
        assert (answer.status, answer.slug) == (414, "uri-too-long")

    async def test_n02_a_path_that_is_too_long_is_not_sent_back(self, app: FastAPI) -> None:
        answer = await ask(app, "/" + "x" * MAX_URI_BYTES)
        assert answer.status == 414
        assert len(answer.body) < 1000

    async def test_n02_headers_may_have_32_kib(self, app: FastAPI) -> None:
        room = MAX_HEADER_BYTES - len(b"host: potluck.test\r\nx: \r\n")
        assert (await ask(app, headers=[HOST, (b"x", b"y" * room)])).status == 200
        answer = await ask(app, headers=[HOST, (b"x", b"y" * (room + 1))])
        assert (answer.status, answer.slug) == (431, "headers-too-large")

    async def test_n02_there_may_be_100_headers(self, app: FastAPI) -> None:
        more = [(b"x-%d" % number, b"") for number in range(MAX_HEADERS)]
        assert (await ask(app, headers=[HOST, *more[:-1]])).status == 200
        answer = await ask(app, headers=[HOST, *more])
        assert (answer.status, answer.slug) == (431, "headers-too-large")


class TestTextI03:
    @pytest.mark.parametrize(
        "raw",
        [
            b"/%00",
            b"/a%0Ab",
            b"/a%0d",
            b"/a%09b",
            b"/%1b%5b31m",
            b"/%7f",
            b"/%ff",
            b"/caf%e9",
            b"/%C0%AF",
            b"/%ED%A0%80",
        ],
    )
    async def test_i03_a_path_that_is_no_text_is_malformed(self, app: FastAPI, raw: bytes) -> None:
        # As uvicorn decodes it: what is no UTF-8 is replaced.
        answer = await ask(app, "/replaced", raw_path=raw)
        assert (answer.status, answer.slug) == (400, "malformed-request")

    @pytest.mark.parametrize("path", ["/a\x00", "/a\nb", "/\x7f", "/\udcff"])
    async def test_i03_also_where_the_server_keeps_no_raw_path(
        self, app: FastAPI, path: str
    ) -> None:
        answer = await ask(app, path, raw_path=None)
        assert (answer.status, answer.slug) == (400, "malformed-request")

    @pytest.mark.parametrize("query", [b"q=%ff", b"%ED%B2%80=1", b"q=\xff", b"q=%C3"])
    async def test_i03_a_query_that_is_no_text_is_malformed(
        self, app: FastAPI, query: bytes
    ) -> None:
        answer = await ask(app, query=query)
        assert (answer.status, answer.slug) == (400, "malformed-request")

    @pytest.mark.parametrize(
        "query", [b"q=caf%C3%A9", b"q=%F0%9F%A5%A3", b"q=a+b%20c", b"q=100%", b"q=a%09b", b""]
    )
    async def test_text_is_let_through(self, app: FastAPI, query: bytes) -> None:
        assert (await ask(app, query=query)).status == 200

    async def test_a_path_in_any_script_is_let_through(self, app: FastAPI) -> None:
        answer = await ask(app, "/r/borschtsch-борщ", raw_path=b"/r/b-%D0%B1")
        assert answer.status == 404


class TestFramingM07:
    """RFC 9112 6.1 and 6.3: what two servers could read in two ways."""

    @pytest.mark.parametrize(
        "fields",
        [
            [(b"content-length", b"1"), (b"content-length", b"2")],
            [(b"content-length", b"1"), (b"content-length", b"1")],
            [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")],
            [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"chunked")],
            [(b"content-length", b"")],
            [(b"content-length", b"+1")],
            [(b"content-length", b"1, 1")],
            [(b"content-length", b"\xb2")],
            [(b"content-length", b"9" * 5000)],
            [(b"transfer-encoding", b"gzip, chunked")],
            [(b"transfer-encoding", b"identity")],
        ],
    )
    async def test_m07_two_lengths_an_odd_one_or_an_unknown_coding_are_malformed(
        self, app: FastAPI, fields: Headers
    ) -> None:
        answer = await ask(app, method="POST", headers=[HOST, *fields])
        assert (answer.status, answer.slug) == (400, "malformed-request")

    async def test_m07_http_1_0_has_no_chunks(self, app: FastAPI) -> None:
        chunked: Headers = [HOST, (b"transfer-encoding", b"chunked")]
        answer = await ask(app, method="POST", headers=chunked, http_version="1.0")
        assert (answer.status, answer.slug) == (400, "malformed-request")


class TestHeadersS09:
    @pytest.mark.parametrize("value", [b"a\r\nb", b"a\x00b", b"\x1b[31m", b"a\x7f"])
    async def test_s09_control_characters_are_malformed(self, app: FastAPI, value: bytes) -> None:
        answer = await ask(app, headers=[HOST, (b"user-agent", value)])
        assert (answer.status, answer.slug) == (400, "malformed-request")

    async def test_tabs_and_old_encodings_are_let_through(self, app: FastAPI) -> None:
        assert (await ask(app, headers=[HOST, (b"user-agent", b"a\tcaf\xe9")])).status == 200


class TestAnswer:
    async def test_carries_what_every_answer_does_and_ends_the_connection(
        self, app: FastAPI
    ) -> None:
        origin = (b"origin", b"https://app.test")
        answer = await ask(app, headers=[(b"host", b"?"), origin, (b"x-request-id", b"kept")])
        assert answer.headers["x-request-id"] == "kept"
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["access-control-allow-origin"] == "https://app.test"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["connection"] == "close"
        assert "x-process-time" in answer.headers
        assert answer.problem == {
            "type": "https://potluck.test/problems/malformed-request",
            "title": "The request could not be read",
            "status": 400,
            "detail": "The Host header must be a name or an address, perhaps with a port.",
            "instance": "/api/things",
            "request_id": "kept",
        }

    async def test_a_lone_surrogate_in_the_path_does_not_break_it(self, app: FastAPI) -> None:
        answer = await ask(app, "/\udcff", raw_path=None)
        assert answer.problem["instance"] == "/%3F"
