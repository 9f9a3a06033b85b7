"""Who may make an account: everybody, the invited, nobody."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.models import Membership, User
from potluck.resources import Resources
from potluck.schemas.invitation import InvitationCreate
from potluck.services import invitations
from tests.api.auth_calls import SIGNUP
from tests.api.recipe_calls import faults, refusal
from tests.doubles import FakeClock
from tests.factories import PASSWORD
from tests.sign_up_modes import sign_up_mode

NEW = {"email": "new@example.org", "password": PASSWORD, "display_name": "New"}
Json = dict[str, Any]


async def invite(resources: Resources, user: User, **members: Any) -> str:
    """The token of an invitation into the user's household."""
    assert user.default_household_id
    data = InvitationCreate(**{"role": "editor"} | members)
    async with resources.database.transaction() as session:
        made = await invitations.create(
            session,
            Actor(user_id=user.id),
            user.default_household_id,
            data,
            base_url="",
            now=resources.clock.now(),
        )
    return made.url.partition("token=")[2]


async def accounts(session: AsyncSession) -> int:
    found = await session.scalar(select(func.count(User.id)))
    await session.rollback()
    return found or 0


class TestForTheInvited:
    @pytest.fixture(autouse=True)
    def only_the_invited(self, resources: Resources) -> Iterator[None]:
        with sign_up_mode(resources, "invite"):
            yield

    async def test_nobody_else_makes_an_account(
        self, client: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        assert refusal(await client.post(SIGNUP, json=NEW)) == (403, "signup-closed")
        assert await accounts(session) == 0

    async def test_who_was_invited_makes_one_and_is_a_member(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User
    ) -> None:
        token = await invite(resources, ada)
        answer = await client.post(SIGNUP, json=NEW | {"invitation": token})
        assert answer.status_code == 201
        roles = {each["name"]: each["role"] for each in answer.json()["memberships"]}
        assert roles == {"New's kitchen": "owner", "Ada's kitchen": "editor"}

    async def test_an_invitation_makes_one_account(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User, session: AsyncSession
    ) -> None:
        token = await invite(resources, ada)
        await client.post(SIGNUP, json=NEW | {"invitation": token})
        again = NEW | {"email": "other@example.org", "invitation": token}
        answer = await client.post(SIGNUP, json=again)
        assert faults(answer) == [("/invitation", "invitation_not_open")]
        assert await accounts(session) == 2

    @pytest.mark.parametrize("token", ["", "piv_x", "prt_x", "x" * 300])
    async def test_an_unknown_one_makes_none(
        self, client: httpx2.AsyncClient, session: AsyncSession, token: str
    ) -> None:
        answer = await client.post(SIGNUP, json=NEW | {"invitation": token})
        assert faults(answer) == [("/invitation", "invitation_not_open")]
        assert await accounts(session) == 0

    async def test_an_expired_one_makes_none(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User, clock: FakeClock
    ) -> None:
        token = await invite(resources, ada)
        clock.advance(timedelta(days=7))
        answer = await client.post(SIGNUP, json=NEW | {"invitation": token})
        assert faults(answer) == [("/invitation", "invitation_not_open")]

    async def test_one_for_another_address_makes_none_and_stays_open(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User, session: AsyncSession
    ) -> None:
        token = await invite(resources, ada, email="bob@example.org")
        answer = await client.post(SIGNUP, json=NEW | {"invitation": token})
        assert refusal(answer) == (403, "forbidden")
        assert await accounts(session) == 1
        right = NEW | {"email": "Bob@example.org", "invitation": token}
        assert (await client.post(SIGNUP, json=right)).status_code == 201


class TestOpen:
    async def test_an_invitation_is_used_up_by_who_signs_up_with_it(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User, session: AsyncSession
    ) -> None:
        token = await invite(resources, ada, role="viewer")
        answer = await client.post(SIGNUP, json=NEW | {"invitation": token})
        assert answer.status_code == 201
        roles = select(Membership.role).where(Membership.household_id == ada.default_household_id)
        assert sorted(await session.scalars(roles)) == ["owner", "viewer"]

    async def test_a_bad_one_makes_no_account_without_it(
        self, client: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        answer = await client.post(SIGNUP, json=NEW | {"invitation": "piv_x"})
        assert faults(answer) == [("/invitation", "invitation_not_open")]
        assert await accounts(session) == 0


class TestClosed:
    async def test_no_invitation_opens_it(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User
    ) -> None:
        token = await invite(resources, ada)
        with sign_up_mode(resources, "closed"):
            answer = await client.post(SIGNUP, json=NEW | {"invitation": token})
        assert refusal(answer) == (403, "signup-closed")
