"""Invitations by link, through HTTP: made, looked at, withdrawn."""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.domain.roles import Role
from potluck.models import Invitation, User
from potluck.resources import Resources
from potluck.services import invitations
from tests.api.invitation_calls import (
    ACCEPT,
    PREVIEW,
    invitations_of,
    invite,
    preview,
    token_of,
)
from tests.api.recipe_calls import faults, refusal
from tests.conftest import ORIGIN, As, Outbox, gather
from tests.doubles import FakeClock
from tests.factories import Factories
from tests.limits import client_at, limited

NO_LONGER = (404, "not-found")


@pytest.fixture
def home(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


@pytest.fixture
def url(home: UUID) -> str:
    return invitations_of(home)


class TestMade:
    async def test_is_answered_with_its_link_once(
        self, as_ada: httpx2.AsyncClient, ada: User, home: UUID, url: str
    ) -> None:
        answer = await as_ada.post(url, json={"role": "editor"})

        made = answer.json()
        assert answer.status_code == 201
        assert answer.headers["Location"] == f"{url}/{made['id']}"
        assert answer.headers["Cache-Control"] == "no-store"
        link = made.pop("url")
        assert link.startswith(f"{ORIGIN}/invitations?token=pin_")
        assert made == {
            "id": made["id"],
            "household_id": str(home),
            "role": "editor",
            "email": None,
            "invited_by": str(ada.id),
            "created_at": "2026-03-01T12:00:00Z",
            "expires_at": "2026-03-08T12:00:00Z",
        }
        assert (await as_ada.get(url)).json() == {"items": [made], "next_cursor": None}

    async def test_its_token_has_256_bits_and_is_not_stored(
        self, as_ada: httpx2.AsyncClient, home: UUID, session: AsyncSession
    ) -> None:
        first, second = [token_of(await invite(as_ada, home)) for _ in range(2)]

        assert first != second
        assert len(first) == len("pin_") + 43
        stored = [repr(tuple(row)) for row in await session.execute(select(Invitation.__table__))]
        assert len(stored) == 2
        assert not [row for row in stored if first in row or second in row]

    async def test_newest_stand_first(
        self, as_ada: httpx2.AsyncClient, home: UUID, url: str
    ) -> None:
        made = [(await invite(as_ada, home))["id"] for _ in range(3)]

        first = (await as_ada.get(url, params={"limit": 2})).json()
        rest = (await as_ada.get(url, params={"cursor": first["next_cursor"], "limit": 2})).json()

        assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]

    async def test_its_link_follows_the_base_url_not_the_host(
        self, as_ada: httpx2.AsyncClient, url: str
    ) -> None:
        answer = await as_ada.post(
            url, json={"role": "viewer"}, headers={"X-Forwarded-Host": "evil.test"}
        )
        assert answer.json()["url"].startswith(f"{ORIGIN}/")

    @pytest.mark.parametrize("role", Role)
    async def test_h10_nobody_invites_above_the_own_role(
        self, role: Role, factories: Factories, as_: As, home: UUID, url: str
    ) -> None:
        client = await as_(await factories.member(home, role))
        answers = {each: await client.post(url, json={"role": each}) for each in Role}

        allowed = {each for each in Role if role.may_grant(each)}
        assert {each for each in Role if answers[each].status_code == 201} == allowed
        for each in set(Role) - allowed:
            assert refusal(answers[each]) == (403, "forbidden")

    @pytest.mark.parametrize("role", ["editor", "contributor", "viewer"])
    async def test_others_of_the_household_see_none(
        self, role: str, factories: Factories, as_: As, home: UUID, url: str
    ) -> None:
        client = await as_(await factories.member(home, role))
        assert refusal(await client.get(url)) == (403, "forbidden")

    async def test_b05_a_household_has_fifty_open_at_most(
        self, as_ada: httpx2.AsyncClient, home: UUID, url: str, clock: FakeClock, as_: As, ada: User
    ) -> None:
        made = [await invite(as_ada, home) for _ in range(invitations.PER_HOUSEHOLD)]

        refused = await as_ada.post(url, json={"role": "viewer"})

        assert faults(refused) == [("", "too_many_invitations")]
        assert (await as_ada.delete(f"{url}/{made[0]['id']}")).status_code == 204
        await invite(as_ada, home)
        clock.advance(invitations.LIFE)
        await invite(await as_(ada), home)

    async def test_b05_not_even_by_many_at_once(
        self, as_ada: httpx2.AsyncClient, home: UUID, url: str
    ) -> None:
        for _ in range(invitations.PER_HOUSEHOLD - 1):
            await invite(as_ada, home)

        calls = [lambda: as_ada.post(url, json={"role": "viewer"})] * 4
        answers = await gather(*calls)

        assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]


class TestByMail:
    async def test_the_link_goes_to_the_address(
        self, as_ada: httpx2.AsyncClient, home: UUID, outbox: Outbox
    ) -> None:
        made = await invite(as_ada, home, email="bob@example.org")
        [mail] = await outbox()
        assert mail["To"] == "bob@example.org"
        text = mail.get_body(("plain",))
        assert text is not None
        assert made["url"] in text.get_content()

    async def test_without_an_address_no_mail_leaves(
        self, as_ada: httpx2.AsyncClient, home: UUID, outbox: Outbox
    ) -> None:
        await invite(as_ada, home)
        assert await outbox() == []


class TestLookedAt:
    async def test_says_where_it_leads_and_who_made_it(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, home: UUID
    ) -> None:
        made = await invite(as_ada, home, "contributor", email="bob@example.org")

        answer = await preview(client, made)

        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.json() == {
            "household_name": "Ada's kitchen",
            "role": "contributor",
            "inviter_name": "Ada",
            "expires_at": "2026-03-08T12:00:00Z",
        }
        assert (await preview(client, made)).status_code == 200, "looking does not use it up"

    @pytest.mark.parametrize("token", ["", "pin_none", "pin_" + "A" * 43, "ppt_" + "A" * 43, "ä"])
    @pytest.mark.parametrize("path", [PREVIEW, ACCEPT])
    async def test_without_the_token_nothing_is_said(
        self, path: str, token: str, as_ada: httpx2.AsyncClient, home: UUID
    ) -> None:
        await invite(as_ada, home)
        answer = await as_ada.post(path, json={"token": token})
        assert refusal(answer) == NO_LONGER

    @pytest.mark.parametrize("path", [PREVIEW, ACCEPT])
    async def test_b05_from_one_address_only_so_many(
        self, path: str, app: FastAPI, resources: Resources, as_ada: httpx2.AsyncClient, home: UUID
    ) -> None:
        made = await invite(as_ada, home)
        own = {"Authorization": as_ada.headers["Authorization"]}
        body = {"token": "pin_none"}
        with limited(resources, redemption_per_address=3):
            async with client_at(app, "203.0.113.7") as one, client_at(app, "203.0.113.8") as two:
                statuses = [
                    (await one.post(path, json=body, headers=own)).status_code for _ in range(4)
                ]
                assert statuses == [404, 404, 404, 429]
                assert (await preview(one, made)).status_code == 429
                assert (await preview(two, made)).status_code == 200


class TestWithdrawn:
    async def test_an_admin_leaves_the_invitation_of_an_owner_alone(
        self, as_ada: httpx2.AsyncClient, factories: Factories, as_: As, home: UUID, url: str
    ) -> None:
        as_admin = await as_(await factories.member(home, "admin"))
        as_owner = (await invite(as_ada, home, "owner"))["id"]
        as_editor = (await invite(as_ada, home, "editor"))["id"]

        assert refusal(await as_admin.delete(f"{url}/{as_owner}")) == (403, "forbidden")
        assert (await as_admin.delete(f"{url}/{as_editor}")).status_code == 204

    async def test_h01_by_its_own_household_alone(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories, home: UUID
    ) -> None:
        cabin = invitations_of((await factories.household(ada)).id)
        made = await invite(as_ada, home)

        for id in (made["id"], uuid4()):
            assert refusal(await as_ada.delete(f"{cabin}/{id}")) == NO_LONGER

    async def test_used_ones_are_forgotten_ninety_days_after_their_end(
        self, as_ada: httpx2.AsyncClient, home: UUID, resources: Resources, clock: FakeClock,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        await invite(as_ada, home)
        for days, left in ((97, 1), (0, 0)):
            clock.advance(timedelta(days=days, seconds=1 - left))
            async with resources.database.transaction() as writing:
                assert not await invitations.remove_ended(writing, clock.now())
            count = select(func.count()).select_from(Invitation)
            assert await session.scalar(count) == left
            await session.rollback()
