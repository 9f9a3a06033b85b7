"""How far a job is, for whoever asked for it."""

import httpx2

from potluck.core.errors import FetchRefused
from potluck.models import User
from potluck.resources import Resources
from potluck.worker import runner
from tests.api.job_calls import make_job
from tests.conftest import API, As
from tests.doubles import FakeFetcher
from tests.factories import Make


class TestGet:
    async def test_it_waits_then_has_ended(
        self, as_: As, make_user: Make[User], resources: Resources, fetcher: FakeFetcher
    ) -> None:
        fetcher.pictures["https://site.example/cake.jpg"] = FetchRefused()
        ada = await make_user()
        client = await as_(ada)
        id = await make_job(resources, ada)
        before = (await client.get(f"{API}/jobs/{id}")).json()
        await runner.run_due(resources)
        after = (await client.get(f"{API}/jobs/{id}")).json()

        now = before["created_at"]
        assert before == {
            "id": str(id), "kind": "fetch-cover", "state": "queued", "progress": None,
            "created_at": now, "started_at": None, "ended_at": None,
        }  # fmt: skip
        assert after == before | {"state": "failed", "started_at": now, "ended_at": now}

    async def test_nobody_else_sees_it(
        self, as_: As, make_user: Make[User], resources: Resources
    ) -> None:
        id = await make_job(resources, await make_user())
        answer: httpx2.Response = await (await as_(await make_user())).get(f"{API}/jobs/{id}")
        assert answer.status_code == 404
