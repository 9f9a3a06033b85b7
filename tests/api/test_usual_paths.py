"""O-02: an installation shows nothing but itself at the paths that scanners try."""

import itertools
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from potluck.core.config import Settings
from potluck.main import create_app
from tests.conftest import client_of
from tests.doubles import FakeClock, FakeFetcher

FOLDERS = (
    ".aws", ".git", ".hg", ".ssh", ".svn", "actuator", "admin", "api", "app", "backup", "cgi-bin",
    "config", "console", "data", "db", "debug", "dev", "install", "metrics", "phpmyadmin",
    "private", "server-status", "static", "swagger", "test", "tmp", "v2", "vendor", "wp-admin",
)  # fmt: skip
FILES = ("", "/", "/config", "/credentials", "/env", "/id_rsa", "/index.php")
ALONE = (
    "/.DS_Store", "/.env", "/.env.local", "/.htaccess", "/.npmrc", "/.well-known/security.txt",
    "/Dockerfile", "/alembic.ini", "/api/v1/debug", "/api/v1/docs", "/api/v1/metrics",
    "/api/v1/redoc", "/backup.sql", "/compose.yaml", "/config.json", "/data/keys",
    "/data/potluck.db", "/data/setup-secret", "/docs", "/metrics", "/openapi.json", "/potluck.db",
    "/pyproject.toml", "/redoc", "/requirements.lock", "/setup-secret", "/static/../.env",
    "/static/..%2f..%2fmain.py", "/static/%2e%2e/main.py", "/swagger.json",
)  # fmt: skip
#: The page of the administration, which asks whoever calls to sign in.
OURS = {"/admin"}
GUESSED = {f"/{a}{b}" for a, b in itertools.product(FOLDERS, FILES)}
USUAL = (*sorted(GUESSED - OURS), *ALONE)


@pytest.fixture
async def plain(app: FastAPI, settings: Settings, clock: FakeClock) -> AsyncIterator[FastAPI]:
    """As an operator runs it who wants no page about the API."""
    assert app
    quiet = create_app(
        settings.model_copy(update={"docs": False}),
        clock=clock,
        fetcher=FakeFetcher(),
        works_in_background=False,
    )
    async with quiet.router.lifespan_context(quiet):
        yield quiet


async def test_o02_two_hundred_usual_paths_lead_nowhere(plain: FastAPI) -> None:
    assert len(USUAL) > 200
    async with client_of(plain) as scanner:
        for path in USUAL:
            answer = await scanner.get(path)
            assert answer.status_code == 404, path
            assert answer.headers["content-type"] == "application/problem+json", path


async def test_o02_no_answer_names_the_server_or_its_version(client: httpx2.AsyncClient) -> None:
    for path in ("/", "/health/live", "/api/v1/recipes", "/nowhere"):
        headers = (await client.get(path)).headers
        assert "server" not in headers
        assert "x-powered-by" not in headers


def test_o02_nothing_shows_its_inside(running_app: FastAPI) -> None:
    assert running_app.debug is False


async def test_o02_other_methods_on_usual_paths_find_nothing_either(plain: FastAPI) -> None:
    async with client_of(plain) as scanner:
        for method in ("TRACE", "OPTIONS", "PUT", "PROPFIND"):
            answer = await scanner.request(method, "/.git/config")
            assert answer.status_code in {404, 405, 501}, method
