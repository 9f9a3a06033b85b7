"""Cookbooks through HTTP."""

import httpx2
import pytest

from potluck.domain.roles import Role
from potluck.models import User
from tests.conftest import API, As
from tests.factories import Factories, Make

URL = f"{API}/cookbooks"


@pytest.fixture
async def ada(make_user: Make[User]) -> User:
    return await make_user(display_name="Ada")


async def make(client: httpx2.AsyncClient, **members: str) -> httpx2.Response:
    answer = await client.post(URL, json={"name": "Sunday lunches"} | members)
    assert answer.status_code == 201
    return answer


class TestCreate:
    async def test_answers_every_member(self, as_: As, ada: User) -> None:
        answer = await make(await as_(ada), description="For ten.")

        made = answer.json()
        assert made == {
            "id": made["id"],
            "household_id": str(ada.default_household_id),
            "name": "Sunday lunches",
            "description": "For ten.",
            "version": 1,
            "created_at": "2026-03-01T12:00:00Z",
            "updated_at": "2026-03-01T12:00:00Z",
        }
        assert answer.headers["Location"] == f"{URL}/{made['id']}"

    async def test_needs_an_editor(self, as_: As, ada: User, factories: Factories) -> None:
        household_id = ada.default_household_id
        assert household_id is not None
        contributor = await factories.member(household_id, Role.CONTRIBUTOR)

        body = {"name": "Mine", "household_id": str(household_id)}
        answer = await (await as_(contributor)).post(URL, json=body)

        assert answer.status_code == 403


class TestRead:
    async def test_strangers_of_the_household_do_not_know_it(
        self, as_: As, ada: User, make_user: Make[User]
    ) -> None:
        made = await make(await as_(ada))
        other = await as_(await make_user())

        assert (await other.get(made.headers["Location"])).status_code == 404
        assert (await other.get(URL)).json() == {"items": [], "next_cursor": None}


class TestUpdate:
    async def test_changes_only_what_is_sent(self, as_: As, ada: User) -> None:
        client = await as_(ada)
        made = await make(client, description="For ten.")

        answer = await client.patch(
            made.headers["Location"],
            json={"name": "Feasts"},
            headers={"If-Match": made.headers["ETag"]},
        )

        assert answer.status_code == 200
        assert (answer.json()["name"], answer.json()["description"]) == ("Feasts", "For ten.")
        assert answer.headers["ETag"] != made.headers["ETag"]

    async def test_of_an_older_state_is_refused(self, as_: As, ada: User) -> None:
        client = await as_(ada)
        made = await make(client)
        old = {"If-Match": made.headers["ETag"]}
        await client.patch(made.headers["Location"], json={"name": "Feasts"}, headers=old)

        answer = await client.delete(made.headers["Location"], headers=old)

        assert answer.status_code == 412


class TestDelete:
    async def test_takes_it_away(self, as_: As, ada: User) -> None:
        client = await as_(ada)
        made = await make(client)

        answer = await client.delete(
            made.headers["Location"], headers={"If-Match": made.headers["ETag"]}
        )

        assert answer.status_code == 204
        assert (await client.get(made.headers["Location"])).status_code == 404
