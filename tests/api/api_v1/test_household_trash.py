"""Deleting, restoring and transferring a household, through HTTP."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.clients.media_store import MediaStore
from potluck.models import (
    Household,
    Invitation,
    Media,
    Membership,
    Recipe,
    RecipeRevision,
    RecipeWords,
    Tag,
    User,
)
from potluck.resources import Resources
from potluck.worker import pictures, trash
from tests.api.household_calls import Marked, channels, mark, shown
from tests.api.invitation_calls import accept, invite, preview
from tests.api.recipe_calls import URL, faults, refusal
from tests.api.token_calls import WithToken
from tests.conftest import API, As, client_of, gather
from tests.doubles import FakeClock
from tests.factories import Factories
from tests.sent_pictures import put_cover

HOUSEHOLDS = f"{API}/households"
ANY = {"If-Match": "*"}
NOT_THERE = (404, "not-found")


@pytest.fixture
def home(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


@pytest.fixture
def url(home: UUID) -> str:
    return f"{HOUSEHOLDS}/{home}"


@pytest.fixture
async def marked(as_ada: httpx2.AsyncClient, home: UUID) -> Marked:
    return await mark(as_ada, home, visibility="public")


async def delete(client: httpx2.AsyncClient, url: str) -> None:
    answer = await client.delete(url, headers=ANY)
    assert answer.status_code == 204, answer.text


async def files(resources: Resources, clock: FakeClock) -> list[str]:
    store = MediaStore(resources.settings.media_dir)
    later = clock.now() + timedelta(days=3650)
    return [key async for key in store.list_older_than(later)]


class TestDelete:
    async def test_nobody_sees_it_or_what_it_owns(
        self, app: FastAPI, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient,
        as_eve: httpx2.AsyncClient, home: UUID, url: str, marked: Marked, ada: User,
        with_token: WithToken,
    ) -> None:  # fmt: skip
        script = await with_token(ada, household_id=home)
        everybody = (as_ada, as_bob, as_eve, script)
        feed = f"/households/{home}/recipes.atom"
        assert await shown(as_bob, marked) == channels(marked).keys()
        assert "recipe" in await shown(as_eve, marked), "it is public"

        await delete(as_ada, url)

        for each in everybody:
            assert await shown(each, marked) == set()
        async with client_of(app) as stranger:
            assert (await stranger.get(f"{URL}/{marked.recipe_id}")).status_code == 404
            assert (await stranger.get(marked.picture)).status_code == 404
            assert (await stranger.get(URL)).json()["items"] == []
            assert marked.recipe_id not in (await stranger.get("/sitemap.xml")).text
            assert marked.recipe_id not in (await stranger.get(feed)).text
            page = await stranger.get(f"/recipes/{marked.recipe_id}")
            assert page.status_code == 404

    async def test_its_trash_and_invitations_are_closed(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, home: UUID, url: str,
        marked: Marked, client: httpx2.AsyncClient,
    ) -> None:  # fmt: skip
        invited = await invite(as_ada, home)
        await as_ada.delete(f"{URL}/{marked.recipe_id}", headers=ANY)
        await delete(as_ada, url)
        assert (await as_ada.get(f"{URL}/trash")).json()["items"] == []
        assert refusal(await as_ada.post(f"{URL}/{marked.recipe_id}/restore")) == NOT_THERE
        assert refusal(await preview(client, invited)) == NOT_THERE
        assert refusal(await accept(as_eve, invited)) == NOT_THERE

    async def test_the_default_of_its_members_moves_or_becomes_null(
        self, as_ada: httpx2.AsyncClient, factories: Factories, as_: As, home: UUID, url: str
    ) -> None:  # fmt: skip
        bob = await factories.member(home, "editor")
        as_bob = await as_(bob)
        me = f"{API}/auth/me"
        chosen = {"default_household_id": str(home)}
        assert (await as_bob.patch(me, json=chosen, headers=ANY)).is_success
        etag = (await as_bob.get(me)).headers["ETag"]

        await delete(as_ada, url)

        assert (await as_ada.get(me)).json()["default_household_id"] is None
        moved = await as_bob.get(me, headers={"If-None-Match": etag})
        assert moved.json()["default_household_id"] == str(bob.default_household_id)
        assert [each["name"] for each in moved.json()["memberships"]] == [
            f"{bob.display_name}'s kitchen"
        ]
        assert faults(await as_ada.post(URL, json={"title": "x"})) == [
            ("/household_id", "no_household")
        ]

    @pytest.mark.parametrize("role", ["admin", "editor", "contributor", "viewer"])
    async def test_is_for_owners_alone(
        self, role: str, factories: Factories, as_: As, home: UUID, url: str
    ) -> None:
        client = await as_(await factories.member(home, role))
        assert refusal(await client.delete(url, headers=ANY)) == (403, "forbidden")

    async def test_needs_the_state_that_was_read(
        self, as_ada: httpx2.AsyncClient, url: str
    ) -> None:
        assert refusal(await as_ada.delete(url)) == (428, "precondition-required")
        old = (await as_ada.get(url)).headers["ETag"]
        await as_ada.patch(url, json={"name": "Hut"}, headers=ANY)
        stale = await as_ada.delete(url, headers={"If-Match": old})
        assert refusal(stale) == (412, "stale")

    async def test_c10_no_token_of_a_script_does_it(
        self, ada: User, with_token: WithToken, url: str
    ) -> None:
        script = await with_token(ada)
        for answer in (
            await script.delete(url, headers=ANY),
            await script.post(f"{url}/transfer", json={"user_id": str(ada.id)}),
        ):
            assert refusal(answer) == (403, "insufficient-scope")
            assert answer.json()["needs"] == ["account:security"]


class TestRestore:
    async def test_brings_back_everything_it_had(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient, home: UUID, url: str,
        marked: Marked,
    ) -> None:  # fmt: skip
        before = (await as_ada.get(f"{URL}/{marked.recipe_id}")).json()
        await delete(as_ada, url)
        [waiting] = (await as_ada.get(f"{HOUSEHOLDS}/trash")).json()["items"]
        assert waiting["id"] == str(home)
        assert (waiting["deleted_at"], waiting["purge_at"]) == (
            "2026-03-01T12:00:00Z", "2026-03-31T12:00:00Z",
        )  # fmt: skip

        answer = await as_ada.post(f"{url}/restore")

        assert answer.status_code == 200
        read = await as_ada.get(url)
        assert (read.json(), read.headers["ETag"]) == (answer.json(), answer.headers["ETag"])
        assert (await as_ada.get(f"{HOUSEHOLDS}/trash")).json()["items"] == []
        assert await shown(as_bob, marked) == channels(marked).keys()
        after = (await as_ada.get(f"{URL}/{marked.recipe_id}")).json()
        assert after["ingredient_groups"] == before["ingredient_groups"]
        me = (await as_ada.get(f"{API}/auth/me")).json()
        assert me["default_household_id"] == str(home)

    async def test_is_for_its_owners_alone(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, factories: Factories,
        as_: As, home: UUID, url: str,
    ) -> None:  # fmt: skip
        as_admin = await as_(await factories.member(home, "admin"))
        assert refusal(await as_ada.post(f"{url}/restore")) == (409, "not-in-trash")
        assert refusal(await as_admin.post(f"{url}/restore")) == (403, "forbidden")
        await delete(as_ada, url)
        for each in (as_admin, as_eve):
            assert refusal(await each.post(f"{url}/restore")) == NOT_THERE
            assert (await each.get(f"{HOUSEHOLDS}/trash")).json()["items"] == []

    async def test_is_over_after_thirty_days(
        self, as_ada: httpx2.AsyncClient, url: str, resources: Resources, clock: FakeClock,
        as_: As, ada: User,
    ) -> None:  # fmt: skip
        await delete(as_ada, url)
        for days, status in ((29, 200), (31, 404)):
            clock.advance(timedelta(days=days))
            await trash.empty(resources.database, resources.settings.trash, clock)
            client = await as_(ada)
            assert (await client.post(f"{url}/restore")).status_code == status
            if status == 200:
                await delete(client, url)


class TestR19Purge:
    async def test_leaves_no_row_and_no_file_though_many_wrote_meanwhile(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient, home: UUID, url: str,
        marked: Marked, resources: Resources, clock: FakeClock, session: AsyncSession,
    ) -> None:  # fmt: skip
        await invite(as_ada, home)
        body = {"title": "x", "tags": [{"name": "late"}], "household_id": str(home)}
        recipe = f"{URL}/{marked.recipe_id}"
        writes = [partial(as_bob.post, URL, json=body) for _ in range(8)]
        writes += [
            partial(as_bob.patch, recipe, json={"summary": str(n)}, headers=ANY) for n in range(8)
        ]
        writes += [partial(put_cover, as_bob, marked.recipe_id) for _ in range(2)]
        writes += [partial(as_ada.post, f"{API}/tags", json={"name": f"tag {n}",
                   "household_id": str(home)}) for n in range(2)]  # fmt: skip

        deleted, *written = await gather(lambda: as_ada.delete(url, headers=ANY), *writes)

        assert deleted.status_code == 204
        assert {each.status_code for each in written} <= {200, 201, 404, 409, 422, 503}
        late = [await each() for each in writes]
        assert {each.status_code for each in late} == {404, 422}
        assert await files(resources, clock)

        clock.advance(timedelta(days=31))
        await trash.empty(resources.database, resources.settings.trash, clock)
        clock.advance(timedelta(days=400))  # files have the time of this machine
        await pictures.sweep(resources.database, MediaStore(resources.settings.media_dir), clock)

        for model in (Recipe, Tag, Media, Membership, Invitation):
            of_it = select(func.count()).where(model.household_id == home)
            assert await session.scalar(of_it) == 0, model
        assert await session.get(Household, home) is None
        for orphan in (RecipeRevision, RecipeWords):
            assert await session.scalar(select(func.count()).select_from(orphan)) == 0
        assert await files(resources, clock) == []

    async def test_leaves_other_households_alone(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories, home: UUID, url: str,
        resources: Resources, clock: FakeClock, session: AsyncSession,
    ) -> None:  # fmt: skip
        await mark(as_ada, home)
        cabin = (await factories.household(ada)).id
        kept = await mark(as_ada, cabin)
        await delete(as_ada, url)
        clock.advance(timedelta(days=31))
        assert await trash.empty(resources.database, resources.settings.trash, clock) == 1
        assert [str(each) for each in await session.scalars(select(Recipe.id))] == [kept.recipe_id]


class TestTransfer:
    async def test_makes_a_member_the_owner_and_the_former_one_admin(
        self, as_ada: httpx2.AsyncClient, factories: Factories, home: UUID, url: str
    ) -> None:
        bob = await factories.member(home, "viewer", display_name="Bob")

        answer = await as_ada.post(f"{url}/transfer", json={"user_id": str(bob.id)})

        assert answer.status_code == 200
        assert (answer.json()["display_name"], answer.json()["role"]) == ("Bob", "owner")
        members = (await as_ada.get(f"{url}/members")).json()["items"]
        assert [(each["display_name"], each["role"]) for each in members] == [
            ("Ada", "admin"), ("Bob", "owner"),
        ]  # fmt: skip
        assert refusal(await as_ada.delete(url, headers=ANY)) == (403, "forbidden")

    async def test_to_who_is_no_other_member_is_refused(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, url: str
    ) -> None:
        eve = await factories.user()
        for id, code in ((eve.id, "not_a_member"), (ada.id, "is_yourself")):
            answer = await as_ada.post(f"{url}/transfer", json={"user_id": str(id)})
            assert faults(answer) == [("/user_id", code)]

    @pytest.mark.parametrize("role", ["admin", "editor", "contributor", "viewer"])
    async def test_h10_is_for_owners_alone(
        self, role: str, factories: Factories, as_: As, home: UUID, url: str
    ) -> None:
        user = await factories.member(home, role)
        other = await factories.member(home, "viewer")
        answer = await (await as_(user)).post(f"{url}/transfer", json={"user_id": str(other.id)})
        assert refusal(answer) == (403, "forbidden")

    async def test_h10_two_at_once_leave_an_owner(
        self, as_ada: httpx2.AsyncClient, factories: Factories, home: UUID, url: str
    ) -> None:
        people = [await factories.member(home, "viewer") for _ in range(4)]
        calls = [
            partial(as_ada.post, f"{url}/transfer", json={"user_id": str(each.id)})
            for each in people
        ]
        answers = await gather(*calls)
        assert sorted(each.status_code for each in answers) == [200, 403, 403, 403]
        roles = [each["role"] for each in (await as_ada.get(f"{url}/members")).json()["items"]]
        assert sorted(roles) == ["admin", "owner", "viewer", "viewer", "viewer"]
