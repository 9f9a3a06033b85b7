"""Deleting one's own account, keeping it after all, and what is left of it in the end."""

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.clients.media_store import MediaStore
from potluck.core.account_settings import SessionSettings
from potluck.db.base import Base
from potluck.models import (
    Household,
    Job,
    Media,
    Membership,
    Recipe,
    RecipeRevision,
    User,
)
from potluck.resources import Resources
from potluck.schemas.job import MailAddressChange
from potluck.services import jobs, web_sessions
from potluck.worker import deletions, pictures, runner
from tests.api.auth_calls import LOGIN, ME, login, refresh, reread, signed_in
from tests.api.household_calls import mark
from tests.api.invitation_calls import accept, invite
from tests.api.link_calls import reset, reset_token
from tests.api.operations import Operation, World
from tests.api.recipe_calls import URL, create, refusal
from tests.api.token_calls import WithToken
from tests.conftest import API, As, Outbox
from tests.doubles import FakeClock
from tests.factories import Factories
from tests.sent_pictures import put_cover

RESTORE = f"{ME}/restore"
ANY = {"If-Match": "*"}
LEAVING = (403, "account-deletion-scheduled")
#: What somebody may call whose account is about to be deleted: look, stay, and what takes no
#: account in the first place.
STILL_OPEN = {"get_me", "restore_me"}
ADDRESS, NAME = "canary.cook@example.org", "Canary Cook"


@pytest.fixture
async def ada(factories: Factories) -> User:
    return await factories.user(email=ADDRESS, display_name=NAME)


@pytest.fixture
def home(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


async def leave(client: httpx2.AsyncClient) -> None:
    answer = await client.delete(ME, headers=ANY)
    assert answer.status_code == 204, answer.text


async def signed_in_again(as_: As, resources: Resources, user: User) -> httpx2.AsyncClient:
    return await as_(await reread(resources, user))


async def wait(resources: Resources, clock: FakeClock, **time: int) -> None:
    """Let time pass, and do what is due then."""
    clock.advance(timedelta(**time))
    await deletions.finish(resources.database, clock)


async def shared(factories: Factories, ada: User, role: str = "editor") -> UUID:
    """A household of somebody else to which Ada belongs."""
    founder = await factories.user()
    assert founder.default_household_id is not None
    await factories.membership(founder.default_household_id, ada, role)
    return founder.default_household_id


async def mentions(session: AsyncSession, *words: str) -> list[str]:
    """The columns of the whole database in which one of the words stands."""
    found = []
    for table in Base.metadata.sorted_tables:
        for row in (await session.execute(select(table))).mappings():
            for column, value in row.items():
                if any(word.casefold() in str(value).casefold() for word in words):
                    found.append(f"{table.name}.{column}")
    return sorted(set(found))


class TestDelete:
    async def test_a13_ends_five_kinds_of_credentials_at_once(
        self, as_ada: httpx2.AsyncClient, ada: User, client: httpx2.AsyncClient,
        with_token: WithToken, resources: Resources, clock: FakeClock,
    ) -> None:  # fmt: skip
        pair, script = await signed_in(client, ada), await with_token(ada)
        async with resources.database.transaction() as session:
            cookie = await web_sessions.start(
                session, ada, SessionSettings(), now=clock.now(), user_agent=None
            )
            wish = MailAddressChange(user_id=ada.id, email="other@example.org")
            job = await jobs.enqueue(session, wish, now=clock.now(), user_id=ada.id)
        assert (await script.get(URL)).status_code == 200

        await leave(as_ada)

        assert (await as_ada.get(URL)).status_code == 401
        assert (await script.get(URL)).status_code == 401
        bearer = {"Authorization": f"Bearer {pair['access_token']}"}
        assert (await client.get(ME, headers=bearer)).status_code == 401
        assert (await refresh(client, pair["refresh_token"])).status_code == 401
        async with resources.database.reading() as session:
            assert await web_sessions.find(session, cookie, clock.now()) is None
        await runner.run_due(resources)
        async with resources.database.reading() as session:
            assert (await session.get_one(Job, job)).state == "cancelled"

    async def test_tells_the_owner_until_when_it_can_be_undone(
        self, as_ada: httpx2.AsyncClient, outbox: Outbox
    ) -> None:
        await leave(as_ada)
        [mail] = await outbox()
        assert (mail["To"], mail["Subject"]) == (ADDRESS, "Your account will be deleted")
        text = mail.get_body(("plain",))
        assert text is not None
        assert "/account/restore" in text.get_content()

    async def test_needs_the_state_that_was_read(self, as_ada: httpx2.AsyncClient) -> None:
        assert refusal(await as_ada.delete(ME)) == (428, "precondition-required")
        old = (await as_ada.get(ME)).headers["ETag"]
        await as_ada.patch(ME, json={"display_name": "Other"}, headers=ANY)
        assert refusal(await as_ada.delete(ME, headers={"If-Match": old})) == (412, "stale")
        new = (await as_ada.get(ME)).headers["ETag"]
        assert (await as_ada.delete(ME, headers={"If-Match": new})).status_code == 204

    async def test_is_refused_to_the_last_owner_of_a_household_with_others_and_names_it(
        self, as_ada: httpx2.AsyncClient, factories: Factories, home: UUID
    ) -> None:
        bob = await factories.member(home, "admin")
        answer = await as_ada.delete(ME, headers=ANY)
        assert refusal(answer) == (409, "last-owner")
        assert answer.json()["household_ids"] == [str(home)]

        path = f"{API}/households/{home}/members/{bob.id}"
        assert (await as_ada.patch(path, json={"role": "owner"})).status_code == 200
        await leave(as_ada)

    async def test_counts_no_owner_who_is_about_to_leave(
        self, as_ada: httpx2.AsyncClient, factories: Factories, as_: As, home: UUID
    ) -> None:
        bob = await factories.member(home, "owner")
        await factories.member(home, "viewer")
        as_bob = await as_(bob)
        await leave(as_ada)
        assert refusal(await as_bob.delete(ME, headers=ANY)) == (409, "last-owner")
        out = await as_bob.delete(f"{API}/households/{home}/members/{bob.id}")
        assert refusal(out) == (409, "last-owner")

    async def test_a_household_in_the_trash_is_in_nobodys_way(
        self, as_ada: httpx2.AsyncClient, factories: Factories, home: UUID
    ) -> None:
        await factories.member(home, "viewer")
        await as_ada.delete(f"{API}/households/{home}", headers=ANY)
        await leave(as_ada)

    async def test_is_refused_to_the_last_administrator(
        self, factories: Factories, as_: As
    ) -> None:
        first = await factories.user(is_instance_admin=True)
        as_first = await as_(first)
        assert refusal(await as_first.delete(ME, headers=ANY)) == (409, "last-administrator")

        second = await factories.user(is_instance_admin=True)
        await leave(as_first)
        as_second = await as_(second)
        assert refusal(await as_second.delete(ME, headers=ANY)) == (409, "last-administrator")

    async def test_lets_nobody_in_by_an_invitation_of_who_leaves(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, as_: As, ada: User,
        home: UUID, resources: Resources,
    ) -> None:  # fmt: skip
        invited = await invite(as_ada, home)
        await leave(as_ada)
        assert refusal(await accept(as_eve, invited)) == (404, "not-found")
        await (await signed_in_again(as_, resources, ada)).post(RESTORE)
        assert (await accept(as_eve, invited)).status_code == 200


class TestWhileLeaving:
    async def test_every_operation_is_refused_but_to_look_and_to_stay(
        self, every: list[Operation], world: World, as_: As, factories: Factories,
        resources: Resources,
    ) -> None:  # fmt: skip
        home = world.ada.default_household_id
        assert home is not None
        await factories.membership(home, world.eve, "owner")
        await factories.user(is_instance_admin=True)
        for user in (world.ada, world.root):
            await leave(await as_(user))
        found = set()
        for each in every:
            if each.scopes and each.name != "restore_me":
                answer = await world.call(
                    await signed_in_again(as_, resources, world.caller(each)), each
                )
                if answer.status_code != 403 or refusal(answer) != LEAVING:
                    found.add(each.name)
        assert found == STILL_OPEN - {"restore_me"}

    async def test_signing_in_shows_when_it_goes_and_undoes_nothing(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User
    ) -> None:
        await leave(as_ada)
        pair = await signed_in(client, ada)
        bearer = {"Authorization": f"Bearer {pair['access_token']}"}
        seen = (await client.get(ME, headers=bearer)).json()
        assert seen["deletion_at"] == "2026-03-08T12:00:00Z"
        assert refusal(await client.get(URL, headers=bearer)) == LEAVING

    async def test_who_forgot_the_password_resets_it_and_stays(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User,
        resources: Resources,
    ) -> None:  # fmt: skip
        await leave(as_ada)
        await reset(client, await reset_token(resources, ada), "sixteen lemons in a bowl")
        answer = await login(client, ada.email, "sixteen lemons in a bowl")
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await client.post(RESTORE, headers=bearer)).status_code == 200

    async def test_others_see_what_they_saw(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, visibility="public")
        await leave(as_ada)
        assert (await as_eve.get(f"{URL}/{made['id']}")).status_code == 200


class TestRestore:
    async def test_keeps_everything_but_what_was_signed_out(
        self, as_ada: httpx2.AsyncClient, as_: As, ada: User, with_token: WithToken,
        resources: Resources, clock: FakeClock,
    ) -> None:  # fmt: skip
        script = await with_token(ada)
        made = await create(as_ada)
        await leave(as_ada)
        again = await signed_in_again(as_, resources, ada)

        answer = await again.post(RESTORE)

        assert (answer.status_code, answer.json()["deletion_at"]) == (200, None)
        read = await again.get(ME)
        assert (read.json(), read.headers["ETag"]) == (answer.json(), answer.headers["ETag"])
        await wait(resources, clock, days=8)
        again = await signed_in_again(as_, resources, ada)
        assert (await again.get(f"{URL}/{made['id']}")).status_code == 200
        assert (await script.get(URL)).status_code == 401

    async def test_changes_nothing_for_an_account_that_stays(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        before = (await as_ada.get(ME)).json()
        assert (await as_ada.post(RESTORE)).json() == before

    async def test_is_over_after_seven_days_even_before_anything_is_removed(
        self, as_ada: httpx2.AsyncClient, as_: As, ada: User, client: httpx2.AsyncClient,
        resources: Resources, clock: FakeClock, session: AsyncSession,
    ) -> None:  # fmt: skip
        await leave(as_ada)
        again = await signed_in_again(as_, resources, ada)
        clock.advance(timedelta(days=7))
        assert refusal(await again.post(RESTORE)) == (401, "invalid-token")
        assert refusal(await login(client, ada.email)) == (401, "invalid-credentials")
        assert await session.get(User, ada.id) is not None


class TestAfterSevenDays:
    async def test_not_a_day_earlier(
        self, as_ada: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        await leave(as_ada)
        await wait(resources, clock, days=6)
        assert await session.get(User, ada.id) is not None

    async def test_neither_address_nor_name_nor_id_stands_anywhere_but_the_id_in_the_audit(
        self, as_ada: httpx2.AsyncClient, ada: User, client: httpx2.AsyncClient,
        factories: Factories, as_: As, with_token: WithToken, resources: Resources,
        clock: FakeClock, session: AsyncSession, outbox: Outbox,
    ) -> None:  # fmt: skip
        household = await shared(factories, ada)
        boss = await factories.member(household, "owner")
        await signed_in(client, ada)
        await with_token(ada)
        await reset_token(resources, ada)
        made = await create(as_ada, household_id=str(household))
        await as_ada.post(f"{API}/auth/email-change", json={"email": f"new.{ADDRESS}"})
        await outbox()
        path = f"{API}/households/{household}/invitations"
        await (await as_(boss)).post(path, json={"role": "viewer", "email": ADDRESS.upper()})
        await client.post(LOGIN, data={"username": ADDRESS, "password": "wrong"})
        headers = {"Idempotency-Key": "k"}
        assert (await as_ada.post(URL, json={"title": "x"}, headers=headers)).is_success
        await leave(as_ada)

        await wait(resources, clock, days=8)

        id = str(ada.id)
        places = await mentions(session, ADDRESS, NAME, "canary", id)
        assert set(places) == {
            "audit_event.actor_id", "audit_event.subject_id", "audit_event.target_id",
        }  # fmt: skip
        kept = await session.get_one(Recipe, UUID(made["id"]))
        assert (kept.household_id, kept.author_id) == (household, None)
        assert await session.scalar(select(func.count()).select_from(Recipe)) == 1
        authors = await session.scalars(select(RecipeRevision.author_id))
        assert list(authors) == [None]

    async def test_households_with_nobody_left_go_with_rows_and_files(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories, home: UUID,
        resources: Resources, clock: FakeClock, session: AsyncSession,
    ) -> None:  # fmt: skip
        cabin = (await factories.household(ada)).id
        await mark(as_ada, cabin)
        made = await create(as_ada)
        assert (await put_cover(as_ada, made["id"])).is_success
        trashed = (await factories.household(ada)).id
        await as_ada.delete(f"{API}/households/{trashed}", headers=ANY)
        await leave(as_ada)

        await wait(resources, clock, days=8)
        clock.advance(timedelta(days=400))  # files have the time of this machine
        store = MediaStore(resources.settings.media_dir)
        await pictures.sweep(resources.database, store, clock)

        for id in (home, cabin, trashed):
            assert await session.get(Household, id) is None
        for model in (Recipe, RecipeRevision, Media, Membership):
            assert await session.scalar(select(func.count()).select_from(model)) == 0, model
        later = clock.now() + timedelta(days=3650)
        assert [key async for key in store.list_older_than(later)] == []

    async def test_the_recipes_that_stay_are_told_to_who_follows_the_feed(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories, as_: As,
        resources: Resources, clock: FakeClock,
    ) -> None:  # fmt: skip
        household = await shared(factories, ada)
        boss = await as_(await factories.member(household, "owner"))
        made = await create(as_ada, household_id=str(household), visibility="private")
        assert (await boss.get(f"{URL}/{made['id']}")).status_code == 404
        await leave(as_ada)
        since = clock.now() + timedelta(days=7)

        await wait(resources, clock, days=8)

        boss = await as_(await factories.member(household, "owner"))
        query = {"updated_since": since.isoformat(), "sort": "updated_at"}
        [changed] = (await boss.get(URL, params=query)).json()["items"]
        assert (changed["id"], changed["author_id"]) == (made["id"], None)
        assert changed["version"] == made["version"] + 1

    async def test_more_than_one_unit_of_work_is_finished_in_bounded_ones(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories, resources: Resources,
        clock: FakeClock, session: AsyncSession, monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr("potluck.services.account_deletions.BATCH", 2)
        household = await shared(factories, ada)
        for _ in range(3):
            await create(as_ada, household_id=str(household))
            await create(as_ada)
        await leave(as_ada)
        await wait(resources, clock, days=8)
        assert await session.get(User, ada.id) is None
        assert set(await session.scalars(select(Recipe.author_id))) == {None}
        assert set(await session.scalars(select(Recipe.household_id))) == {household}

    async def test_a_household_without_owner_gets_the_highest_of_its_members(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories, as_: As, home: UUID,
        resources: Resources, clock: FakeClock, session: AsyncSession,
    ) -> None:  # fmt: skip
        bob = await factories.member(home, "owner")
        kim = await factories.member(home, "viewer")
        max_ = await factories.member(home, "editor")
        await leave(as_ada)
        # He hands it to her, who is about to leave.
        path = f"{API}/households/{home}"
        as_bob = await as_(bob)
        handed = await as_bob.post(f"{path}/transfer", json={"user_id": str(ada.id)})
        assert handed.status_code == 200
        assert (await as_bob.delete(f"{path}/members/{bob.id}")).status_code == 204

        await wait(resources, clock, days=8)

        rows = await session.execute(
            select(Membership.user_id, Membership.role).where(Membership.household_id == home)
        )
        assert {row[0]: row[1] for row in rows} == {max_.id: "owner", kim.id: "viewer"}
