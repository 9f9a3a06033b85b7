"""H-10: invitations accepted, and those that let nobody in any more, through HTTP."""

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.models import Membership, User
from potluck.resources import Resources
from potluck.services import accounts_admin
from tests.api.invitation_calls import (
    accept,
    invitations_of,
    invite,
    preview,
)
from tests.api.recipe_calls import refusal
from tests.api.token_calls import WithToken
from tests.conftest import API, As, gather
from tests.doubles import FakeClock
from tests.factories import Factories, Make

NO_LONGER = (404, "not-found")


@pytest.fixture
def home(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


@pytest.fixture
def url(home: UUID) -> str:
    return invitations_of(home)


async def roles(client: httpx2.AsyncClient, home: UUID) -> list[str]:
    page = (await client.get(f"{API}/households/{home}/members")).json()
    return [each["role"] for each in page["items"]]


class TestAccepted:
    async def test_makes_a_member_of_its_household_in_its_role(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, home: UUID, url: str
    ) -> None:
        made = await invite(as_ada, home, "contributor")

        answer = await accept(as_eve, made)

        assert answer.status_code == 200
        joined = {"household_id": str(home), "name": "Ada's kitchen", "role": "contributor"}
        assert answer.json() == joined
        me = (await as_eve.get(f"{API}/auth/me")).json()
        assert me["memberships"][1] == joined
        assert me["default_household_id"] == me["memberships"][0]["household_id"]
        assert await roles(as_ada, home) == ["owner", "contributor"]
        assert (await as_ada.get(url)).json()["items"] == []

    async def test_becomes_the_default_of_who_has_none(
        self, as_ada: httpx2.AsyncClient, factories: Factories, as_: As, home: UUID
    ) -> None:
        bob = await factories.user()
        cabin = (await factories.household(bob)).id
        owner = await factories.member(cabin, "owner")
        as_bob, as_owner = await as_(bob), await as_(owner)
        made = await invite(as_ada, home)
        for id in (bob.default_household_id, cabin):
            path = f"{API}/households/{id}/members"
            await as_bob.post(path, json={"email": owner.email, "role": "owner"})
            assert (await as_owner.delete(f"{path}/{bob.id}")).status_code == 204
        assert (await as_bob.get(f"{API}/auth/me")).json()["default_household_id"] is None

        await accept(as_bob, made)

        assert (await as_bob.get(f"{API}/auth/me")).json()["default_household_id"] == str(home)

    async def test_h10_opens_nothing_a_second_time(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, as_: As, home: UUID,
        make_user: Make[User], client: httpx2.AsyncClient,
    ) -> None:  # fmt: skip
        made = await invite(as_ada, home)
        assert (await accept(as_eve, made)).status_code == 200

        assert refusal(await accept(await as_(await make_user()), made)) == NO_LONGER
        assert refusal(await preview(client, made)) == NO_LONGER
        assert await roles(as_ada, home) == ["owner", "editor"]

    async def test_h10_of_eight_at_once_one_becomes_a_member(
        self, as_ada: httpx2.AsyncClient, as_: As, home: UUID, make_user: Make[User],
        session: AsyncSession,
    ) -> None:  # fmt: skip
        made = await invite(as_ada, home)
        clients = [await as_(await make_user()) for _ in range(8)]

        answers = await gather(*[lambda each=each: accept(each, made) for each in clients])

        assert sorted(answer.status_code for answer in answers) == [200, *[404] * 7]
        count = select(func.count()).where(Membership.household_id == home)
        assert await session.scalar(count) == 2

    async def test_h10_the_same_person_eight_times_at_once_is_one_member(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, home: UUID
    ) -> None:
        made = await invite(as_ada, home)

        answers = await gather(*[lambda: accept(as_eve, made)] * 8)

        statuses = [answer.status_code for answer in answers]
        assert statuses.count(200) == 1
        assert set(statuses) <= {200, 404, 409}
        assert await roles(as_ada, home) == ["owner", "editor"]

    async def test_who_is_a_member_already_does_not_use_it_up(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient, as_eve: httpx2.AsyncClient,
        home: UUID,
    ) -> None:  # fmt: skip
        made = await invite(as_ada, home, "owner")

        assert refusal(await accept(as_bob, made)) == (409, "already-member")
        assert await roles(as_ada, home) == ["owner", "editor"], "nor is he raised by it"
        assert (await accept(as_eve, made)).status_code == 200

    async def test_one_for_an_address_lets_nobody_else_in(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, as_: As, home: UUID,
        make_user: Make[User],
    ) -> None:  # fmt: skip
        bob = await make_user(email="Bob@Example.org")
        made = await invite(as_ada, home, email="bob@example.ORG")

        refused = await accept(as_eve, made)

        assert refusal(refused) == (403, "forbidden")
        assert "bob@" not in refused.text
        assert (await accept(await as_(bob), made)).status_code == 200

    async def test_a_token_for_one_household_joins_no_other(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], with_token: WithToken, home: UUID
    ) -> None:
        eve = await make_user()
        script = await with_token(eve, household_id=eve.default_household_id)
        assert refusal(await accept(script, await invite(as_ada, home))) == (403, "forbidden")

    async def test_an_account_that_vanishes_meanwhile_is_refused(
        self, as_: As, factories: Factories, request: pytest.FixtureRequest, ada: User
    ) -> None:
        bob = await factories.user()
        made = await invite(await as_(bob), bob.default_household_id)
        as_ada = await as_(ada)
        request.getfixturevalue("vanishing")

        assert refusal(await accept(as_ada, made)) == (401, "invalid-token")


class TestNoLongerOpen:
    async def test_h10_after_seven_days(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], as_: As, home: UUID, ada: User,
        clock: FakeClock, client: httpx2.AsyncClient, url: str,
    ) -> None:  # fmt: skip
        made = await invite(as_ada, home)
        clock.advance(timedelta(days=7))

        assert refusal(await preview(client, made)) == NO_LONGER
        assert refusal(await accept(await as_(await make_user()), made)) == NO_LONGER
        assert (await (await as_(ada)).get(url)).json()["items"] == []

    async def test_a_second_before_it_is(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], as_: As, home: UUID,
        clock: FakeClock,
    ) -> None:  # fmt: skip
        made = await invite(as_ada, home)
        clock.advance(timedelta(days=7, seconds=-1))
        assert (await accept(await as_(await make_user()), made)).status_code == 200

    async def test_once_it_is_withdrawn(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, home: UUID, url: str
    ) -> None:
        made = await invite(as_ada, home)

        assert (await as_ada.delete(f"{url}/{made['id']}")).status_code == 204

        assert refusal(await accept(as_eve, made)) == NO_LONGER
        assert refusal(await as_ada.delete(f"{url}/{made['id']}")) == NO_LONGER

    async def test_h10_once_who_made_it_is_no_member(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, factories: Factories,
        as_: As, home: UUID, url: str,
    ) -> None:  # fmt: skip
        bob = await factories.member(home, "admin")
        made = await invite(await as_(bob), home, "viewer")
        await as_ada.delete(f"{API}/households/{home}/members/{bob.id}")

        assert refusal(await accept(as_eve, made)) == NO_LONGER
        assert (await as_ada.get(url)).json()["items"] == []

    @pytest.mark.parametrize(
        ("role", "lowered", "status"),
        [
            ("owner", "admin", 404),
            ("admin", "admin", 200),
            ("admin", "editor", 404),
            ("viewer", "editor", 404),
            ("viewer", "admin", 200),
        ],
    )
    async def test_h10_once_who_made_it_may_no_longer_give_its_role(
        self, role: str, lowered: str, status: int, as_ada: httpx2.AsyncClient,
        as_eve: httpx2.AsyncClient, factories: Factories, as_: As, home: UUID,
    ) -> None:  # fmt: skip
        bob = await factories.member(home, "owner")
        made = await invite(await as_(bob), home, role)
        await as_ada.patch(f"{API}/households/{home}/members/{bob.id}", json={"role": lowered})

        assert (await accept(as_eve, made)).status_code == status

    async def test_h10_while_the_account_of_who_made_it_is_disabled(
        self, as_eve: httpx2.AsyncClient, factories: Factories, as_: As, home: UUID,
        resources: Resources,
    ) -> None:  # fmt: skip
        bob = await factories.member(home, "admin")
        made = await invite(await as_(bob), home)
        async with resources.database.transaction() as session:
            await accounts_admin.disable(session, Actor.system(), bob.email, clock=resources.clock)

        assert refusal(await accept(as_eve, made)) == NO_LONGER

    async def test_h10_when_who_made_it_is_removed_at_the_same_moment(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, factories: Factories,
        as_: As, home: UUID,
    ) -> None:  # fmt: skip
        """Either the guest was in before, or the invitation was void."""
        bob = await factories.member(home, "admin")
        made = await invite(await as_(bob), home)

        removed, joined = await gather(
            lambda: as_ada.delete(f"{API}/households/{home}/members/{bob.id}"),
            lambda: accept(as_eve, made),
        )

        assert removed.status_code == 204
        assert joined.status_code in {200, 404}
        expected = ["owner", "editor"] if joined.status_code == 200 else ["owner"]
        assert await roles(as_ada, home) == expected
