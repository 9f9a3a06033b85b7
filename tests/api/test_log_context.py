"""Every log line of a request says which request it was, and who sent it once that is known."""

import asyncio
from collections.abc import Iterator

import httpx2
import pytest
import structlog
from fastapi import FastAPI

from potluck.core.request_context import current_fields, note_actor, of_job, serving
from potluck.core.scopes import SCOPES_OF_TOKENS
from potluck.models import User
from potluck.resources import Resources
from potluck.worker import service
from tests.api.auth_calls import login, refresh, signed_in
from tests.api.token_calls import WithToken
from tests.conftest import API, As
from tests.factories import Make
from tests.log_capture import LogStream, captured
from tests.web.browser import new_browser

OURS = structlog.stdlib.get_logger("potluck.test")


@pytest.fixture
def log() -> Iterator[LogStream]:
    with captured() as stream:
        yield stream


def who(log: LogStream) -> tuple[str | None, str | None]:
    """What the last line says of the one who sent the request."""
    line = log.events[-1]
    assert line["event"] == "request"
    return line.get("actor_id"), line.get("proof")


class TestActor:
    async def test_a_strangers_line_names_the_request_and_nobody(
        self, client: httpx2.AsyncClient, log: LogStream
    ) -> None:
        answer = await client.get(f"{API}/recipes")

        assert log.events[-1]["request_id"] == answer.headers["X-Request-ID"]
        assert who(log) == (None, None)

    async def test_an_access_token_names_its_user(
        self, as_: As, make_user: Make[User], log: LogStream
    ) -> None:
        ada = await make_user()
        await (await as_(ada)).get(f"{API}/auth/me")

        assert who(log) == (str(ada.id), "access-token")

    async def test_a_refusal_for_lack_of_scope_names_the_user_as_well(
        self, as_: As, make_user: Make[User], log: LogStream
    ) -> None:
        ada = await make_user()
        answer = await (await as_(ada, frozenset())).get(f"{API}/auth/me")

        assert answer.status_code == 403
        assert who(log) == (str(ada.id), "access-token")

    async def test_a_personal_token_names_its_user(
        self, with_token: WithToken, make_user: Make[User], log: LogStream
    ) -> None:
        ada = await make_user()
        await (await with_token(ada, SCOPES_OF_TOKENS)).get(f"{API}/auth/me")

        assert who(log) == (str(ada.id), "personal-token")

    async def test_a_page_names_the_one_whose_cookie_it_was(
        self, app: FastAPI, resources: Resources, make_user: Make[User], log: LogStream
    ) -> None:
        ada = await make_user()
        browser = new_browser(resources, app)
        async with browser.client:
            await browser.sign_in(ada)
            await browser.client.get("/")

        assert who(log) == (str(ada.id), "session")

    async def test_signing_in_names_the_user_and_failing_to_names_nobody(
        self, client: httpx2.AsyncClient, make_user: Make[User], log: LogStream
    ) -> None:
        ada = await make_user()
        await login(client, ada.email)
        assert who(log) == (str(ada.id), "password")

        await login(client, ada.email, "a wrong password")
        assert who(log) == (None, None)

    async def test_refreshing_names_the_user(
        self, client: httpx2.AsyncClient, make_user: Make[User], log: LogStream
    ) -> None:
        ada = await make_user()
        pair = await signed_in(client, ada)
        await refresh(client, pair["refresh_token"])

        assert who(log) == (str(ada.id), "refresh-token")

    async def test_the_next_request_of_a_connection_begins_with_nobody(
        self, as_: As, client: httpx2.AsyncClient, make_user: Make[User], log: LogStream
    ) -> None:
        await (await as_(await make_user())).get(f"{API}/auth/me")
        await client.get(f"{API}/recipes")

        assert who(log) == (None, None)


class TestContext:
    async def test_what_a_task_of_the_request_notes_is_known_outside_of_it(
        self, make_user: Make[User]
    ) -> None:
        ada = await make_user()

        async def deep_inside() -> None:
            note_actor(ada.id, "session")

        with serving("r-1"):
            await asyncio.create_task(deep_inside())
            assert dict(current_fields()) == {
                "request_id": "r-1",
                "actor_id": str(ada.id),
                "proof": "session",
            }
        assert dict(current_fields()) == {}


class TestJobs:
    async def test_work_in_the_background_says_which_it_is(self, log: LogStream) -> None:
        async def work() -> None:
            OURS.info("worked")

        with serving("r-1"):
            await asyncio.create_task(work(), context=of_job("covers"))

        (line,) = log.events
        assert line["job"] == "covers"
        assert "request_id" not in line

    async def test_every_work_of_a_serving_process_has_a_name(self, resources: Resources) -> None:
        async with service.working(resources) as tasks:
            names = {task.get_name() for task in tasks}

        assert names == {"job-lookout", "jobs", "search-index"}
