"""What goes over the wire packed, and what the headers say of it."""

import gzip
import subprocess
import sys

import brotli  # type: ignore[import-untyped]
import httpx2
import pytest
import zstandard
from fastapi import FastAPI

from tests.api.test_edge import toy
from tests.api.test_edge.test_guard import ask
from tests.log_capture import LogStream

TEXT = b"soup" * 1000
UNPACK = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}


def asking(coding: str) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"potluck.test"), (b"accept-encoding", coding.encode())]


class TestCodings:
    @pytest.mark.parametrize("coding", ["zstd", "br", "gzip"])
    @pytest.mark.parametrize(
        "kind", ["text/plain", "text/html", "application/json", "application/problem+json"]
    )
    async def test_text_is_packed_as_it_is_asked_for(
        self, app: FastAPI, coding: str, kind: str
    ) -> None:
        query = b"kind=" + kind.replace("+", "%2B").encode()
        answer = await ask(app, "/api/things/text/4000", query=query, headers=asking(coding))
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["content-length"] == str(len(answer.body))
        assert UNPACK[coding](answer.body) == TEXT
        assert len(answer.body) < len(TEXT) / 10

    @pytest.mark.parametrize(
        ("accepted", "coding"),
        [
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip, deflate, br", "br"),
            ("gzip;q=0.5, br;q=0", "gzip"),
            ("*", "zstd"),
            ("identity", None),
            ("", None),
            ("zstd;q=0, gzip;q=0", None),
            ("deflate", None),
        ],
    )
    async def test_the_best_that_both_know_is_taken(
        self, app: FastAPI, accepted: str, coding: str | None
    ) -> None:
        answer = await ask(app, "/api/things/text/4000", headers=asking(accepted))
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["vary"] == "Accept-Encoding, Origin"

    async def test_who_asks_for_none_gets_none_and_caches_are_told(self, app: FastAPI) -> None:
        answer = await ask(app, "/api/things/text/4000")
        assert answer.body == TEXT
        assert answer.headers["content-length"] == "4000"
        assert answer.headers["vary"] == "Accept-Encoding, Origin"
        assert "content-encoding" not in answer.headers

    async def test_the_etag_is_the_same_in_every_coding(self, app: FastAPI) -> None:
        path = "/api/things/text/4000"
        answers = [await ask(app, path, headers=asking(each)) for each in ("", *UNPACK)]
        assert [answer.headers["etag"] for answer in answers] == ['"7"'] * 4

    @pytest.mark.parametrize("coding", ["zstd", "br", "gzip", "identity"])
    async def test_m02_head_equals_get(self, app: FastAPI, coding: str) -> None:
        path = "/api/things/text/4000"
        get = await ask(app, path, headers=asking(coding))
        head = await ask(app, path, headers=asking(coding), method="HEAD")
        for answer in (get, head):
            for name in ("x-request-id", "x-process-time", "server-timing"):
                del answer.headers[name]
        assert head.headers == get.headers
        assert head.body == b""


class TestLeftAlone:
    async def test_what_is_short(self, app: FastAPI) -> None:
        answer = await ask(app, "/api/things/text/496", headers=asking("gzip"))
        assert answer.body == TEXT[:496]
        assert "content-encoding" not in answer.headers

    @pytest.mark.parametrize(
        "kind", ["image/png", "image/webp", "application/octet-stream", "text/event-stream"]
    )
    async def test_pictures_bytes_and_events(self, app: FastAPI, kind: str) -> None:
        query = f"kind={kind}".encode()
        answer = await ask(app, "/api/things/text/4000", query=query, headers=asking("gzip"))
        assert answer.body == TEXT
        assert "content-encoding" not in answer.headers

    @pytest.mark.parametrize("coding", ["zstd", "br", "gzip"])
    async def test_a_stream_leaves_as_it_is_made(self, app: FastAPI, coding: str) -> None:
        answer = await ask(app, "/api/things/stream", headers=asking(coding))
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.body == b"firstsecond"
        assert "content-encoding" not in answer.headers

    async def test_m02_a_304_has_only_the_vary_of_its_200(self, app: FastAPI) -> None:
        path = "/api/things/item/0198f3a2-7b1c-7d0e-9a54-3c2f6e8d1b07"
        answer = await ask(app, path, headers=asking("zstd"))
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == '"1"'
        assert answer.headers["vary"] == "Accept-Encoding, Origin"
        assert "content-encoding" not in answer.headers

    async def test_a_stream_that_fails_half_way_gets_no_second_answer(
        self, app: FastAPI, log: LogStream
    ) -> None:
        headers = asking("zstd")
        answer = await ask(app, "/api/things/stream", query=b"fail=true", headers=headers)
        assert (answer.status, answer.body) == (200, b"first")
        (event,) = [event for event in log.events if event["event"] == "unexpected error"]
        assert event["has_started"] is True


class TestCost:
    def test_zstandard_is_loaded_by_the_first_who_asks_for_it(self) -> None:
        script = (
            "import sys; from potluck.main import create_app; from potluck.core.config import"
            " Settings; create_app(Settings()); print('zstandard' in sys.modules)"
        )
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
        assert ran.stdout == b"False\n"

    async def test_a_long_problem_is_packed_too(self, client: httpx2.AsyncClient) -> None:
        query = "&".join(f"p{number}=1" for number in range(100))
        answer = await client.get(f"/api/things?{query}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.json()["type"] == f"{toy.BASE_URL}/problems/invalid"
