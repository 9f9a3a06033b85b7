"""A household keeps an owner."""

from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Membership, User
from tests.api.recipe_calls import refusal
from tests.conftest import API, As, gather
from tests.factories import Factories


@pytest.fixture
def household_id(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


@pytest.fixture
def url(household_id: UUID) -> str:
    return f"{API}/households/{household_id}/members"


class TestLastOwner:
    async def test_h10_can_neither_leave_nor_be_lowered(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, household_id: UUID,
        url: str,
    ) -> None:  # fmt: skip
        await factories.member(household_id, "admin")

        lowered = await as_ada.patch(f"{url}/{ada.id}", json={"role": "admin"})
        left = await as_ada.delete(f"{url}/{ada.id}")

        assert [refusal(each) for each in (lowered, left)] == [(409, "last-owner")] * 2

    async def test_h10_staying_an_owner_is_no_change(
        self, as_ada: httpx2.AsyncClient, ada: User, url: str
    ) -> None:
        answer = await as_ada.patch(f"{url}/{ada.id}", json={"role": "owner"})

        assert (answer.status_code, answer.json()["role"]) == (200, "owner")

    async def test_h10_goes_once_there_is_another(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, household_id: UUID,
        url: str,
    ) -> None:  # fmt: skip
        await factories.member(household_id, "owner")

        assert (await as_ada.delete(f"{url}/{ada.id}")).status_code == 204
        assert (await as_ada.get(url)).status_code == 404

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    async def test_h10_one_stays_when_all_go_at_once(
        self, factories: Factories, ada: User, as_: As, household_id: UUID, url: str,
        method: str, session: AsyncSession,
    ) -> None:  # fmt: skip
        owners = [ada, *[await factories.member(household_id, "owner") for _ in range(3)]]
        clients = [(await as_(owner), f"{url}/{owner.id}") for owner in owners]
        body = {"role": "viewer"} if method == "PATCH" else None

        answers = await gather(
            *[lambda c=c, at=at: c.request(method, at, json=body) for c, at in clients]
        )

        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [*[200 if method == "PATCH" else 204] * 3, 409]
        left = select(func.count()).where(
            Membership.household_id == household_id, Membership.role == "owner"
        )
        assert await session.scalar(left) == 1
