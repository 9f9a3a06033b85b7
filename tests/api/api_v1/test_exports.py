"""Archives of one's own data: asked for, made with the rights of that moment, fetched."""

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import update

from potluck.models import Membership, User
from potluck.resources import Resources
from potluck.worker import runner
from tests.api.export_calls import EXPORTS, Json, ask, exported, fetched, recipes
from tests.api.recipe_calls import create, refusal
from tests.conftest import API, As, Outbox
from tests.doubles import FakeClock
from tests.factories import Factories


@pytest.fixture
def home(ada: User) -> UUID:
    """Ada's own household, which other tests' users join."""
    assert ada.default_household_id is not None
    return ada.default_household_id


class TestAsk:
    async def test_is_a_job_whose_end_a_mail_tells(
        self, as_ada: httpx2.AsyncClient, ada: User, outbox: Outbox
    ) -> None:
        await create(as_ada)
        asked = await as_ada.post(EXPORTS)
        assert asked.status_code == 202
        job = asked.json()
        assert asked.headers["Location"] == f"{API}/jobs/{job['id']}"
        assert (job["kind"], job["state"], job["progress"]) == ("export-account", "queued", None)

        [mail] = await outbox()

        assert (mail["To"], mail["Subject"]) == (ada.email, "Your data is ready")
        told = (await as_ada.get(f"{API}/jobs/{job['id']}")).json()
        assert (told["state"], told["progress"]) == ("succeeded", {"done": 1, "total": 1})

    async def test_while_one_is_made_it_is_that_one(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        first = await ask(as_ada)
        assert (await ask(as_ada))["id"] == first["id"]
        await runner.run_due(resources)
        assert (await ask(as_ada))["id"] != first["id"]

    async def test_the_seventh_in_an_hour_has_to_wait(self, as_ada: httpx2.AsyncClient) -> None:
        for _ in range(6):
            await ask(as_ada)
        answer = await as_ada.post(EXPORTS)
        assert refusal(answer) == (429, "too-many-requests")
        assert int(answer.headers["Retry-After"]) > 0


class TestList:
    async def test_shows_what_is_made_and_what_can_be_fetched_newest_first(
        self, as_ada: httpx2.AsyncClient, resources: Resources, clock: FakeClock
    ) -> None:
        first = await ask(as_ada)
        await runner.run_due(resources)
        clock.advance(timedelta(minutes=1))
        second = await ask(as_ada)
        [queued, made] = (await as_ada.get(EXPORTS)).json()["items"]
        assert (queued["id"], queued["state"], queued["expires_at"]) == (
            second["id"],
            "queued",
            None,
        )
        size = len((await as_ada.get(f"{EXPORTS}/{first['id']}/file")).content)
        assert (made["id"], made["byte_size"], made["recipe_count"]) == (first["id"], size, 0)
        assert made["expires_at"].startswith((clock.now() + timedelta(days=7)).date().isoformat())

    async def test_is_of_the_caller_alone(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient
    ) -> None:
        await ask(as_ada)
        assert (await as_eve.get(EXPORTS)).json() == {"items": [], "next_cursor": None}

    async def test_has_pages(
        self, as_ada: httpx2.AsyncClient, resources: Resources, clock: FakeClock
    ) -> None:
        made = []
        for _ in range(3):
            made.append((await ask(as_ada))["id"])
            await runner.run_due(resources)
            clock.advance(timedelta(seconds=1))
        first = (await as_ada.get(EXPORTS, params={"limit": 2})).json()
        cursor = {"limit": 2, "cursor": first["next_cursor"]}
        rest = (await as_ada.get(EXPORTS, params=cursor)).json()
        assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
        assert rest["next_cursor"] is None


class TestRights:
    @pytest.mark.parametrize(
        ("role", "taken"),
        [
            ("admin", {"Shared", "Mine"}),
            ("editor", {"Mine"}),
            ("contributor", {"Mine"}),
        ],
    )
    async def test_managers_take_all_that_they_see_and_others_what_they_wrote(
        self,
        as_ada: httpx2.AsyncClient,
        home: UUID,
        as_: As,
        factories: Factories,
        resources: Resources,
        role: str,
        taken: set[str],
    ) -> None:
        bob = await as_(await factories.member(home, role))
        await create(as_ada, title="Shared", household_id=str(home))
        await create(as_ada, title="Secret", household_id=str(home), visibility="private")
        await create(bob, title="Mine", household_id=str(home))
        assert set(recipes(await exported(bob, resources))) == taken

    @pytest.mark.parametrize(
        ("change", "taken"), [({"role": "editor"}, {"Mine"}), (None, set[str]())]
    )
    async def test_h11_the_rights_are_those_of_the_moment_the_job_runs(
        self,
        as_ada: httpx2.AsyncClient,
        home: UUID,
        as_: As,
        factories: Factories,
        resources: Resources,
        change: Json | None,
        taken: set[str],
    ) -> None:
        user = await factories.member(home, "admin")
        bob = await as_(user)
        await create(as_ada, title="Shared", household_id=str(home))
        await create(bob, title="Mine", household_id=str(home))
        job = await ask(bob)

        member = f"{API}/households/{home}/members/{user.id}"
        answer = await (
            as_ada.delete(member) if change is None else as_ada.patch(member, json=change)
        )
        assert answer.status_code in {200, 204}
        await runner.run_due(resources)

        assert set(recipes(await fetched(bob, job["id"]))) == taken

    async def test_h11_lowered_between_two_households_counts_for_the_second(
        self,
        as_ada: httpx2.AsyncClient,
        home: UUID,
        factories: Factories,
        as_: As,
        resources: Resources,
    ) -> None:
        """A viewer who wrote nothing there takes nothing from there."""
        user = await factories.member(home, "owner")
        bob = await as_(user)
        await create(as_ada, title="Shared", household_id=str(home))
        await create(bob, title="At home")
        job = await ask(bob)
        lowered = update(Membership).where(
            Membership.user_id == user.id, Membership.household_id == home
        )
        async with resources.database.transaction() as session:
            await session.execute(lowered.values(role="viewer"))
        await runner.run_due(resources)
        assert set(recipes(await fetched(bob, job["id"]))) == {"At home"}


class TestFetch:
    async def test_is_a_download_that_nobody_keeps_on_the_way(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        job = await ask(as_ada)
        await runner.run_due(resources)
        answer = await as_ada.get(f"{EXPORTS}/{job['id']}/file")
        assert answer.headers["Content-Type"] == "application/zip"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="potluck-data.zip"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=5-1", "nonsense"])
    async def test_is_sent_whole_whatever_part_was_wanted(
        self, as_ada: httpx2.AsyncClient, resources: Resources, wanted: str
    ) -> None:
        job = await ask(as_ada)
        await runner.run_due(resources)
        path = f"{EXPORTS}/{job['id']}/file"
        whole = await as_ada.get(path)
        answer = await as_ada.get(path, headers={"Range": wanted})
        assert (answer.status_code, answer.content) == (200, whole.content)
        assert answer.headers["Accept-Ranges"] == "none"

    async def test_nobody_else_finds_it(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, resources: Resources
    ) -> None:
        job = await ask(as_ada)
        await runner.run_due(resources)
        assert refusal(await as_eve.get(f"{EXPORTS}/{job['id']}/file")) == (404, "not-found")

    async def test_before_it_is_made_there_is_none(self, as_ada: httpx2.AsyncClient) -> None:
        job = await ask(as_ada)
        assert refusal(await as_ada.get(f"{EXPORTS}/{job['id']}/file")) == (404, "not-found")

    async def test_after_seven_days_it_is_gone(
        self, as_: As, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        client = await as_(ada)
        job = await ask(client)
        await runner.run_due(resources)
        clock.advance(timedelta(days=7))
        client = await as_(ada)
        assert refusal(await client.get(f"{EXPORTS}/{job['id']}/file")) == (404, "not-found")
        assert (await client.get(EXPORTS)).json()["items"] == []

    async def test_a_file_that_was_lost_is_told_as_gone(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        job = await ask(as_ada)
        await runner.run_due(resources)
        for path in resources.settings.exports_dir.iterdir():
            path.unlink()
        assert refusal(await as_ada.get(f"{EXPORTS}/{job['id']}/file")) == (404, "not-found")
