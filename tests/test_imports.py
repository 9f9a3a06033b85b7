"""What a serving process loads: what is heavy comes when it is used first, or not at all."""

import json
from pathlib import Path

import pytest

from tests import processes

#: Each costs 5 to 400 ms and 2 to 25 MB (`python -X importtime`, CPython 3.11), and belongs to
#: imports of pages, pictures, metrics, traces or the other database.
HEAVY = (
    "PIL",
    "alembic",
    "extruct",
    "lxml",
    "obstore",
    "opentelemetry.exporter",
    "opentelemetry.sdk",
    "prometheus_client",
    "psycopg",
    "recipe_scrapers",
    "requests",
    "tzdata",
)
#: As a server does it: build the app, begin its life, answer what a monitor and a visitor ask.
PROGRAM = """
import asyncio, json, sys
from potluck.main import from_environment

async def serve():
    said = []
    app = from_environment()

    async def ask(path):
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
            "root_path": "", "headers": [(b"host", b"127.0.0.1:8000")],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "state": {},
        }
        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}
        async def send(message):
            said.append(message.get("status"))
        await app(scope, receive, send)

    async with app.router.lifespan_context(app):
        for path in ("/health/live", "/health/ready", "/api/v1/recipes", "/"):
            await ask(path)
    assert [each for each in said if each] == [200] * 4, said

asyncio.run(serve())
print(json.dumps(sorted(sys.modules)))
"""


def loaded(folder: Path, **settings: str) -> set[str]:
    """The modules of a process that has answered its first requests, on SQLite.

    As one of several workers: preparing the database, which loads more, is another process's work.
    """
    prepared = processes.run("-m", "potluck", "migrate", folder=folder, settings=settings)
    assert prepared.returncode == 0, prepared.stderr
    ended = processes.run("-c", PROGRAM, folder=folder, settings=settings)
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return loaded(tmp_path_factory.mktemp("plain"))


class TestFirstRequests:
    @pytest.mark.parametrize("heavy", HEAVY)
    def test_are_answered_without(self, heavy: str, modules: set[str]) -> None:
        assert heavy not in modules


class TestWhatIsWanted:
    def test_metrics_are_loaded_where_they_are_wanted(self, tmp_path: Path) -> None:
        port = str(processes.free_port())
        settings = {"POTLUCK_METRICS__ENABLED": "true", "POTLUCK_METRICS__PORT": port}

        assert "prometheus_client" in loaded(tmp_path, **settings)

    def test_traces_are_loaded_where_they_are_wanted(self, tmp_path: Path) -> None:
        address = f"http://127.0.0.1:{processes.free_port()}"
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": address}

        assert "opentelemetry.sdk" in loaded(tmp_path, **settings)
