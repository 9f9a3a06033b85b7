"""What every answer carries, whatever its status and whoever gives it."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

import httpx2
import pytest

from tests.api.test_edge import toy
from tests.doubles import FakeClock

ITEM = "/api/things/item/0198f3a2-7b1c-7d0e-9a54-3c2f6e8d1b07"
JSON = {"Content-Type": "application/json"}


class Asked(NamedTuple):
    """A request, and the status of its answer."""

    status: int
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = MappingProxyType({})

    async def by(self, client: httpx2.AsyncClient) -> httpx2.Response:
        headers = {**self.headers, "Origin": "https://app.test"}
        answer = await client.request(self.method, self.path, content=self.body, headers=headers)
        assert answer.status_code == self.status
        return answer


#: One request for each kind of answer.
ANSWERS = {
    "ok": Asked(200, "GET", "/api/things"),
    "created": Asked(201, "POST", "/api/things", b'{"title": "a"}', JSON),
    "not modified": Asked(304, "GET", ITEM),
    "stream": Asked(200, "GET", "/api/things/stream"),
    "page": Asked(200, "GET", "/api/things/page"),
    "static file": Asked(200, "GET", "/static/style.css"),
    "preflight": Asked(
        204, "OPTIONS", "/api/things", headers={"Access-Control-Request-Method": "POST"}
    ),
}
ERRORS = {
    "malformed": Asked(400, "POST", "/api/things", b"{", JSON),
    "unauthenticated": Asked(401, "GET", "/api/things/refused/unauthenticated"),
    "unknown path": Asked(404, "GET", "/nowhere"),
    "no static file": Asked(404, "GET", "/static/none.css"),
    "wrong method": Asked(405, "PUT", "/api/things"),
    "too large": Asked(413, "POST", "/api/things", b"x" * (toy.LIMIT + 1), JSON),
    "wrong type": Asked(415, "POST", "/api/things", b"{}", {"Content-Type": "text/plain"}),
    "invalid": Asked(422, "POST", "/api/things", b"{}", JSON),
    "failure": Asked(500, "GET", "/api/things/boom"),
    "busy": Asked(503, "GET", "/api/things/refused/unavailable"),
}
CSP = "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("asked", [pytest.param(a, id=n) for n, a in (ANSWERS | ERRORS).items()])
async def test_every_answer_carries_id_times_and_careful_headers(
    client: httpx2.AsyncClient, asked: Asked
) -> None:
    answer = await asked.by(client)
    assert UUID(answer.headers["x-request-id"]).version == 7
    assert float(answer.headers["x-process-time"]) >= 0
    assert answer.headers["server-timing"].startswith("app;dur=")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    own = "default-src 'self'"
    assert answer.headers["content-security-policy"] == (own if "page" in asked.path else CSP)
    assert answer.headers["access-control-allow-origin"] == "https://app.test"
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize("asked", [pytest.param(a, id=n) for n, a in ERRORS.items()])
async def test_m01_every_error_is_a_problem(client: httpx2.AsyncClient, asked: Asked) -> None:
    answer = await asked.by(client)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == asked.status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["instance"] == asked.path
    assert problem["type"].startswith("https://potluck.test/problems/")


class TestRequestId:
    @pytest.mark.parametrize("sent", ["a", "0198f3a2-7b1c", "A.b_c-9", "x" * 64])
    async def test_a_valid_one_is_kept(self, client: httpx2.AsyncClient, sent: str) -> None:
        answer = await client.get("/nowhere", headers={"X-Request-ID": sent})
        assert answer.headers.get_list("x-request-id") == [sent]
        assert answer.json()["request_id"] == sent

    @pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "a,b", "ä", "<script>", "a\tb", "a\n"])
    async def test_another_is_replaced(self, client: httpx2.AsyncClient, sent: str) -> None:
        answer = await client.get("/nowhere", headers=[(b"X-Request-ID", sent.encode())])
        assert UUID(answer.headers["x-request-id"]).version == 7

    async def test_two_requests_have_two(self, client: httpx2.AsyncClient) -> None:
        first, second = await client.get("/nowhere"), await client.get("/nowhere")
        assert first.headers["x-request-id"] != second.headers["x-request-id"]


class TestTiming:
    async def test_seconds_with_six_digits_and_milliseconds_with_three(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get("/api/things")
        assert answer.headers["x-process-time"] == "0.003412"
        assert answer.headers["server-timing"] == "app;dur=3.412"

    async def test_ends_when_the_answer_starts(
        self, client: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        answer = await client.get("/api/things/stream")
        assert answer.headers["x-process-time"] == "0.000000"
        assert clock.monotonic_s() == 5.0

    async def test_keeps_what_an_inner_layer_measured(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/api/things/measured")
        assert answer.headers.get_list("server-timing") == ["db;dur=1.000", "app;dur=0.000"]

    async def test_one_request_does_not_know_of_another(
        self, client: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        clock.advance(timedelta(days=1))
        answer = await client.get("/nowhere")
        assert answer.headers["x-process-time"] == "0.000000"


class TestSecurityHeaders:
    async def test_j03_hsts_only_under_https(self, clock: FakeClock, static: Path) -> None:
        async with toy.client_of(toy.build(clock, static=static, is_https=False)) as client:
            answer = await client.get("/api/things")
        assert "strict-transport-security" not in answer.headers

    async def test_each_is_there_once(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/api/things/page")
        assert answer.headers.get_list("content-security-policy") == ["default-src 'self'"]
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
