"""Background work in the hands of administrators: looked at, repeated, ended."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import update

from potluck.models import Job, User
from potluck.resources import Resources
from potluck.worker import runner
from tests.api.job_calls import make_export, make_job
from tests.api.recipe_calls import all_pages, refusal
from tests.conftest import API, As
from tests.doubles import FakeClock
from tests.factories import Make

JOBS = f"{API}/admin/jobs"
Json = dict[str, Any]


@pytest.fixture
async def as_root(as_: As, make_user: Make[User]) -> httpx2.AsyncClient:
    return await as_(await make_user(display_name="Root", is_instance_admin=True))


async def listed(client: httpx2.AsyncClient, **query: str) -> list[Json]:
    answer = await client.get(JOBS, params=query)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def failed_job(resources: Resources, user: User) -> UUID:
    """A job that was tried as often as made sense."""
    id = await make_job(resources, user)
    async with resources.database.transaction() as session:
        values = {"state": "failed", "ended_at": resources.clock.now(), "error": "too-tired"}
        await session.execute(update(Job).where(Job.id == id).values(tries=4, **values))
    return id


class TestList:
    async def test_tells_of_everybodys_work_and_not_what_it_is_about(
        self, as_root: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        id = await failed_job(resources, ada)
        [found] = await listed(as_root)
        assert found == {
            "id": str(id),
            "kind": "fetch-cover",
            "state": "failed",
            "progress": None,
            "created_at": "2026-03-01T12:00:00Z",
            "started_at": None,
            "ended_at": "2026-03-01T12:00:00Z",
            "user_id": str(ada.id),
            "tries": 4,
            "run_at": "2026-03-01T12:00:00Z",
            "error": "too-tired",
        }

    async def test_is_narrowed_by_state_and_kind(
        self, as_root: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        failed = str(await failed_job(resources, ada))
        queued = str(await make_job(resources, ada))
        made = str(await make_export(resources, ada))

        async def ids(**query: str) -> set[str]:
            return {each["id"] for each in await listed(as_root, **query)}

        assert await ids(state="failed") == {failed}
        assert await ids(kind="fetch-cover") == {failed, queued}
        assert await ids(state="succeeded", kind="export-account") == {made}
        assert await ids(kind="no-such-kind") == set()

    async def test_is_given_a_page_at_a_time_newest_first(
        self, as_root: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        made = []
        for _ in range(5):
            made.append(str(await make_job(resources, ada)))
            clock.advance(timedelta(seconds=1))
        pages = await all_pages(as_root, JOBS, limit=2)
        found = [each for page in pages for each in page]
        assert [each["id"] for each in found] == made[::-1]


class TestRetry:
    async def test_has_what_failed_done_after_all(
        self, as_root: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        id = await failed_job(resources, ada)
        answer = await as_root.post(f"{JOBS}/{id}/retry")
        told = answer.json()
        assert (told["state"], told["tries"], told["error"]) == ("queued", 0, None)
        assert await runner.run_due(resources) > 0
        [found] = await listed(as_root, kind="fetch-cover")
        assert found["tries"] == 1

    async def test_leaves_alone_what_is_queued_and_what_is_done(
        self, as_root: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        queued, made = await make_job(resources, ada), await make_export(resources, ada)
        for id, state in ((queued, "queued"), (made, "succeeded")):
            answer = await as_root.post(f"{JOBS}/{id}/retry")
            assert (answer.status_code, answer.json()["state"]) == (200, state)


class TestCancel:
    async def test_has_it_not_done(
        self, as_root: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        id = await make_job(resources, ada)
        answer = await as_root.post(f"{JOBS}/{id}/cancel")
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
        assert not await runner.run(resources, id)
        [found] = await listed(as_root)
        assert (found["state"], found["tries"]) == ("cancelled", 0)

    async def test_leaves_alone_what_has_ended(
        self, as_root: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        id = await make_export(resources, ada)
        answer = await as_root.post(f"{JOBS}/{id}/cancel")
        assert answer.json()["state"] == "succeeded"


@pytest.mark.parametrize("act", ["retry", "cancel"])
async def test_what_is_not_there_is_404(as_root: httpx2.AsyncClient, act: str) -> None:
    assert refusal(await as_root.post(f"{JOBS}/{uuid4()}/{act}")) == (404, "not-found")
