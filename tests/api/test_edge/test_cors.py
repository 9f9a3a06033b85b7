"""Other origins' scripts: the listed ones, by exact comparison, without credentials."""

from pathlib import Path

import httpx2
import pytest

from potluck.api.middleware.cors import Cors
from tests.api.test_edge import toy
from tests.doubles import FakeClock

#: The app lists https://app.test and http://app.test:8080.
ORIGINS = [
    ("https://app.test", True),
    ("http://app.test:8080", True),
    ("http://app.test", False),
    ("https://app.test:8443", False),
    ("https://app.test.evil.test", False),
    ("https://evil-app.test", False),
    ("https://APP.TEST", False),
    ("null", False),
    ("*", False),
]


@pytest.mark.parametrize(("origin", "is_allowed"), ORIGINS)
class TestOrigins:
    async def test_c08_only_listed_ones_may_read(
        self, client: httpx2.AsyncClient, origin: str, is_allowed: bool
    ) -> None:
        answer = await client.get("/api/things", headers={"Origin": origin})
        allowed = answer.headers.get_list("access-control-allow-origin")
        assert allowed == ([origin] if is_allowed else [])
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers["vary"] == "Origin"

    async def test_c08_only_listed_ones_pass_the_preflight(
        self, client: httpx2.AsyncClient, origin: str, is_allowed: bool
    ) -> None:
        headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
        answer = await client.options("/api/things", headers=headers)
        granted = {name for name in answer.headers if name.startswith("access-control-")}
        if not is_allowed:
            assert (answer.status_code, granted) == (405, set())
            return
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["access-control-allow-origin"] == origin
        assert "PATCH" in answer.headers["access-control-allow-methods"]
        assert "If-Match" in answer.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in answer.headers


class TestAnswers:
    async def test_c08_vary_is_there_without_an_origin(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/api/things")
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-origin" not in answer.headers

    async def test_scripts_may_read_our_headers(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/api/things", headers={"Origin": "https://app.test"})
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"ETag", "Location", "Retry-After", "X-Request-ID"} <= set(exposed)

    async def test_without_a_list_nobody_is_let_in(self, clock: FakeClock, static: Path) -> None:
        async with toy.client_of(toy.build(clock, static=static)) as client:
            answer = await client.get("/api/things", headers={"Origin": "https://app.test"})
        assert "access-control-allow-origin" not in answer.headers

    async def test_an_options_request_that_is_no_preflight_goes_to_the_app(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.options("/api/things", headers={"Origin": "https://app.test"})
        assert answer.status_code == 405


@pytest.mark.parametrize(
    "origin", ["*", "null", "https://app.test/", "app.test", "https://*.test", "", "https://A.test"]
)
def test_c08_an_origin_that_is_none_cannot_be_listed(origin: str) -> None:
    async def app(*_: object) -> None: ...

    with pytest.raises(ValueError, match="exact origin"):
        Cors(app, origins=[origin])
