"""One line per request, which nobody can forge and which tells no secrets."""

from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from tests.api.test_edge import toy
from tests.doubles import FakeClock
from tests.log_capture import LogStream, captured


def requests_in(log: LogStream) -> list[dict[str, object]]:
    return [event for event in log.events if event["event"] == "request"]


async def test_tells_method_route_status_duration_and_id(
    client: httpx2.AsyncClient, log: LogStream
) -> None:
    await client.get("/api/things?limit=3", headers={"X-Request-ID": "r-1"})
    (event,) = requests_in(log)
    assert event.pop("timestamp")
    assert event == {
        "event": "request",
        "level": "info",
        "logger": "potluck.access",
        "method": "GET",
        "route": "/api/things",
        "status": 200,
        "duration_s": 0.003412,
        "request_id": "r-1",
    }


@pytest.mark.parametrize(
    ("asked", "route", "status"),
    [
        (
            "GET /api/things/item/0198f3a2-7b1c-7d0e-9a54-3c2f6e8d1b07",
            "/api/things/item/{thing_id}",
            304,
        ),
        ("GET /api/things/refused/stale", "/api/things/refused/{slug}", 412),
        ("PUT /api/things", "/api/things", 405),
        ("GET /api/things/boom", "/api/things/boom", 500),
        ("GET /static/style.css", "/static", 200),
        ("GET /nowhere", "-", 404),
        ("GET /openapi.json", "/openapi.json", 200),
    ],
)
async def test_tells_the_template_of_the_route_not_the_path(
    client: httpx2.AsyncClient, log: LogStream, asked: str, route: str, status: int
) -> None:
    await client.request(*asked.split())
    (event,) = requests_in(log)
    assert (event["route"], event["status"]) == (route, status)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/things", "/api/things"),
        ("/openapi.json", "/openapi.json"),
        ("/static/style.css", "/static"),
    ],
)
async def test_the_sub_path_of_a_proxy_is_no_part_of_the_route(
    app: FastAPI, log: LogStream, path: str, route: str
) -> None:
    async with toy.client_of(app, root_path="/kitchen") as client:
        assert (await client.get(f"/kitchen{path}")).status_code == 200
    assert requests_in(log)[0]["route"] == route


async def test_measures_to_the_end_of_a_stream(
    client: httpx2.AsyncClient, log: LogStream, clock: FakeClock
) -> None:
    clock.advance(timedelta(seconds=1))
    await client.get("/api/things/stream")
    assert requests_in(log)[0]["duration_s"] == 5.0


async def test_p02_secrets_of_the_request_are_not_in_it(
    client: httpx2.AsyncClient, log: LogStream
) -> None:
    await client.get(
        "/api/things?q=prt_canary-query",
        headers={"Authorization": "Bearer canary-header", "Cookie": "session=canary-cookie"},
    )
    await client.get("/nowhere/canary-path")
    assert "canary" not in log.text


FORGED = 'x\r\n{"event": "request", "status": 200}\x1b[2K\x1b[1A\u2028\u0085'


@pytest.mark.parametrize("format", ["json", "console"])
async def test_p03_a_forged_line_stays_inside_its_own(
    client: httpx2.AsyncClient, format: str
) -> None:
    with captured(format="console" if format == "console" else "json") as log:
        await client.request("GET", f"/nowhere/{FORGED.encode().hex()}")
        await client.get("/nowhere", headers=[(b"X-Request-ID", FORGED.encode())])
        await client.request(FORGED, "/nowhere")
    lines = log.text.removesuffix("\n").split("\n")
    assert len(lines) == 3
    assert not any(not char.isprintable() for line in lines for char in line)
    assert all("potluck.access" in line for line in lines)


async def test_p04_an_unexpected_error_is_logged_with_its_id_and_its_trace(
    client: httpx2.AsyncClient, log: LogStream
) -> None:
    await client.get("/api/things/boom", headers={"X-Request-ID": "r-9"})
    (event,) = [event for event in log.events if event["event"] == "unexpected error"]
    assert (event["level"], event["request_id"]) == ("error", "r-9")
    assert "RuntimeError: secret detail" in event["exception"]
