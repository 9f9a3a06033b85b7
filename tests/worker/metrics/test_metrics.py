"""What Prometheus is told, and what it costs those who do not want it."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI

from potluck.core.config import Settings
from potluck.core.database_url import DatabaseUrl
from potluck.core.passwords import PasswordHasher
from potluck.db.session import Database
from potluck.models import IndexRequest, User
from potluck.schemas.job import KeepHouse
from potluck.services import jobs
from potluck.worker.metrics import listener
from tests.api.recipe_calls import create
from tests.conftest import API, As
from tests.doubles import FakeClock
from tests.factories import Make
from tests.log_capture import captured
from tests.processes import free_port
from tests.worker.metrics.conftest import Metered, serving_metrics

COUNT = "potluck_http_request_duration_seconds_count"


class TestRequests:
    async def test_they_are_counted_by_method_route_and_group_of_status(
        self, metered: Metered
    ) -> None:
        await metered.client.get(f"{API}/recipes?q=soup")
        await metered.client.get(f"{API}/recipes/0197a3c0-0000-7000-8000-000000000000")
        await metered.client.post(f"{API}/auth/login", data={"username": "a", "password": "b"})
        scrape = await metered.scrape()

        assert scrape.value(COUNT, method="GET", route=f"{API}/recipes", status="2xx") == 1
        template = f"{API}/recipes/{{recipe_id}}"
        assert scrape.value(COUNT, method="GET", route=template, status="4xx") == 1
        assert scrape.value(COUNT, method="POST", route=f"{API}/auth/login", status="4xx") == 1

    async def test_whatever_strangers_invent_is_one_series(self, metered: Metered) -> None:
        for number in range(20):
            await metered.client.get(f"/no/such/page/{number}")
            await metered.client.request(f"INVENTED{number}", "/")
        scrape = await metered.scrape()

        assert scrape.value(COUNT, method="GET", route="-", status="4xx") == 20
        assert {each["method"] for each in scrape.labels(COUNT)} == {"GET", "OTHER"}
        assert len(scrape.labels(COUNT)) == 2

    async def test_no_label_and_no_value_holds_what_was_asked_or_sent(
        self, metered: Metered
    ) -> None:
        await metered.client.get(f"{API}/recipes/search?keyword=canary-of-a-search")
        await metered.client.post(
            f"{API}/auth/login",
            data={"username": "canary@example.org", "password": "canary-of-a-password"},
        )
        await metered.client.get("/canary-of-a-path", headers={"X-Request-ID": "canary-of-an-id"})

        assert "canary" not in (await metered.scrape()).text

    async def test_a_refusal_of_ours_is_counted_by_route(self, metered: Metered) -> None:
        metered.resources.lifecycle.is_draining = True
        try:
            answer = await metered.client.get("/health/ready")
        finally:
            metered.resources.lifecycle.is_draining = False
        assert answer.status_code == 503

        refusals = "potluck_http_refusals_total"
        assert (await metered.scrape()).value(refusals, route="/health/ready", status="503") == 1

    async def test_none_is_in_flight_when_all_are_answered(self, metered: Metered) -> None:
        await metered.client.get("/health/live")

        assert (await metered.scrape()).value("potluck_http_requests_in_flight") == 0


class TestEventLoop:
    async def test_n04_what_blocks_it_shows_as_lag(self, metered: Metered) -> None:
        await asyncio.sleep(0)
        time.sleep(0.35)  # noqa: ASYNC251 - the fault that is looked for
        await asyncio.sleep(0.01)
        scrape = await metered.scrape()

        late = scrape.value("potluck_event_loop_lag_seconds_bucket", le="0.1")
        asked = scrape.value("potluck_event_loop_lag_seconds_count")
        assert late is not None
        assert asked is not None
        assert asked - late >= 1


class TestDatabase:
    async def test_each_pool_tells_its_size_and_who_waits(self, metered: Metered) -> None:
        await metered.client.get(f"{API}/recipes")
        scrape = await metered.scrape()

        for pool in metered.resources.database.engines.use():
            assert scrape.value("potluck_db_pool_size", pool=pool.name) == pool.size
            assert scrape.value("potluck_db_pool_in_use", pool=pool.name) == 0
            assert scrape.value("potluck_db_pool_waiting", pool=pool.name) == 0
            assert scrape.value("potluck_db_pool_waits_total", pool=pool.name) == 0
            assert scrape.value("potluck_db_pool_wait_seconds_total", pool=pool.name) == 0
            assert scrape.value("potluck_db_pool_wait_timeouts_total", pool=pool.name) == 0

    async def test_it_tells_how_much_work_waits(
        self, metered: Metered, as_: As, make_user: Make[User]
    ) -> None:
        recipe_id = UUID((await create(await as_(await make_user())))["id"])
        async with metered.resources.database.transaction() as session:
            await jobs.enqueue(session, KeepHouse(), now=metered.resources.clock.now())
            session.add(IndexRequest(recipe_id=recipe_id))
        scrape = await metered.scrape()

        assert scrape.value("potluck_database_up") == 1
        assert scrape.value("potluck_background_waiting", job="jobs") == 1
        assert scrape.value("potluck_jobs", kind="keep-house", state="queued") == 1
        assert scrape.value("potluck_background_waiting", job="search-index") == 1

    async def test_a_database_that_is_away_is_told_and_hides_nothing_else(
        self, metered: Metered, tmp_path: Path
    ) -> None:
        opened = metered.resources.database
        nowhere = DatabaseUrl("sqlite", path=tmp_path / "no" / "such" / "folder" / "potluck.db")
        metered.resources.database = Database(nowhere, metered.resources.settings.database)
        try:
            scrape = await metered.scrape()
        finally:
            await metered.resources.database.dispose()
            metered.resources.database = opened

        assert scrape.value("potluck_database_up") == 0
        assert scrape.labels("potluck_background_waiting") == []
        assert scrape.value("potluck_password_hashes_computed_total") == 0


class TestHashing:
    async def test_the_queue_and_what_it_did_are_told(self, metered: Metered) -> None:
        await metered.client.post(
            f"{API}/auth/login", data={"username": "ada@example.org", "password": "x" * 20}
        )
        metered.resources.passwords = PasswordHasher(threads=3, queue=0)
        await metered.resources.passwords.verify(None, "x")
        scrape = await metered.scrape()

        assert scrape.value("potluck_password_hashes_threads") == 3
        assert scrape.value("potluck_password_hashes_running") == 0
        assert scrape.value("potluck_password_hashes_waiting") == 0
        assert scrape.value("potluck_password_hashes_computed_total") == 1
        assert scrape.value("potluck_password_hashes_refused_total") == 0


class TestListener:
    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            (b"GET / HTTP/1.1\r\n\r\n", b"404"),
            (b"POST /metrics HTTP/1.1\r\n\r\n", b"405"),
            (b"GET /metrics?name=x HTTP/1.0\r\n\r\n", b"200"),
            (b"nonsense\r\n\r\n", b"404"),
            (b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 20_000, b"400"),
        ],
    )
    async def test_it_answers_one_question_and_closes(
        self, metered: Metered, sent: bytes, status: bytes
    ) -> None:
        assert metered.address.startswith("http://127.0.0.1:")
        host, _, port = metered.address.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        answer = await reader.read()
        writer.close()

        assert answer.split(b" ")[1] == status

    async def test_a_client_that_hangs_up_harms_nobody(self, metered: Metered) -> None:
        host, _, port = metered.address.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /met")
        writer.close()
        await writer.wait_closed()

        assert (await metered.scrape()).value("potluck_database_up") == 1

    async def test_each_further_worker_takes_the_next_port(
        self, settings: Settings, clock: FakeClock
    ) -> None:
        server = settings.server.model_copy(update={"workers": 2})
        port = free_port()
        async with (
            serving_metrics(settings, clock, port, server=server) as first,
            serving_metrics(settings, clock, port, server=server) as second,
        ):
            await first.client.get("/health/live")
            route = {"route": "/health/live"}
            assert (await first.scrape()).value(COUNT, **route) == 1
            second_address = f"http://127.0.0.1:{port + 1}"
            assert (await replace(second, address=second_address).scrape()).value(
                COUNT, **route
            ) is None

    async def test_a_port_that_is_taken_is_told_and_taken_over_when_it_is_free(
        self, settings: Settings, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As at a restart, when the old process still serves while the new one begins."""
        monkeypatch.setattr(listener, "AGAIN_S", 0.01)
        port = free_port()
        async with AsyncExitStack() as stack:
            async with serving_metrics(settings, clock, port):
                with captured() as log:
                    new = await stack.enter_async_context(serving_metrics(settings, clock, port))
                    assert (await new.client.get("/health/live")).status_code == 200
            async with asyncio.timeout(10):
                while await is_refused(port):  # noqa: ASYNC110 - a port tells nobody
                    await asyncio.sleep(0.01)

            assert (await new.scrape()).value(COUNT, route="/health/live") == 1
        (line,) = [each for each in log.events if each["event"] == "metrics_port_taken"]
        assert (line["port"], line["job"]) == (port, "metrics")


async def is_refused(port: int) -> bool:
    """Whether nobody listens."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return True
    writer.close()
    return False


class TestOff:
    def test_nobody_measures_where_metrics_are_not_wanted(self, running_app: FastAPI) -> None:
        assert "meter=None" in repr(running_app.user_middleware)
