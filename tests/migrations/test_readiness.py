"""A web process does not call itself ready before its database is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from potluck.core.config import Settings
from potluck.core.lifecycle import Lifecycle
from potluck.main import create_app
from potluck.resources import Resources
from tests.conftest import client_of, make_settings


async def checks_of(client: httpx2.AsyncClient) -> dict[str, str]:
    answer = await client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    problem = answer.json()
    assert problem["type"] == "http://potluck.test/problems/not-ready"
    checks: dict[str, str] = problem["checks"]
    return checks


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """A stranger's client of an app that was not prepared."""
    app = create_app(settings, works_in_background=False)
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


async def test_it_is_ready_over_a_migrated_database(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"database": "ok", "schema": "ok"}}


async def test_an_empty_database_is_behind(place: Settings) -> None:
    async with started(place) as client:
        assert await checks_of(client) == {"database": "ok", "schema": "behind"}
        assert (await client.get("/health/live")).status_code == 200


async def test_a_database_of_a_newer_program_is_ahead(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    async with resources.database.transaction() as session:
        known = await session.scalar(text("SELECT version_num FROM alembic_version"))
        await session.execute(text("UPDATE alembic_version SET version_num = 'ffff'"))
    try:
        assert await checks_of(client) == {"database": "ok", "schema": "ahead"}
    finally:
        async with resources.database.transaction() as session:
            back = text("UPDATE alembic_version SET version_num = :known")
            await session.execute(back, {"known": known})


@pytest.mark.parametrize(
    "url",
    ["postgresql://cook:hunter2@127.0.0.1:1/potluck", "sqlite:////nowhere/potluck.db"],
)
async def test_a_database_that_is_away_has_failed(url: str, tmp_path: Path) -> None:
    async with started(make_settings(tmp_path, url)) as client:
        assert await checks_of(client) == {"database": "failed"}


async def test_a_file_that_is_no_database_has_failed(tmp_path: Path) -> None:
    (tmp_path / "potluck.db").write_text("no database " * 1000)
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path / 'potluck.db'}")
    async with started(settings) as client:
        assert await checks_of(client) == {"database": "failed"}


async def test_a_process_that_stops_is_not_ready_any_more(
    client: httpx2.AsyncClient, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = Lifecycle()
    stopping.is_draining = True
    monkeypatch.setattr(resources, "lifecycle", stopping)
    assert await checks_of(client) == {"database": "ok", "schema": "ok", "shutdown": "draining"}
