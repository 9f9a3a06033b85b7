"""What each role of a household may do: the table, and a try of every cell of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import httpx2
import pytest

from potluck.models import User
from tests.conftest import API, As
from tests.factories import Factories

ROLES = ("owner", "admin", "editor", "contributor", "viewer")
CALLERS = (*ROLES, "stranger")
ANY = {"If-Match": "*"}

#: One line for each action: the status for each of `CALLERS`, in their order.
TABLE = """
read the household      200 200 200 200 200 404
change its settings     200 200 403 403 403 404
read the members        200 200 200 200 200 404
add a viewer            201 201 403 403 403 404
add an admin            201 201 403 403 403 404
add an owner            201 403 403 403 403 404
lower an editor         200 200 403 403 403 404
lower an owner          200 403 403 403 403 404
appoint an owner        200 403 403 403 403 404
raise oneself           200 403 403 403 403 404
remove a viewer         204 204 403 403 403 404
remove an admin         204 204 403 403 403 404
remove an owner         204 403 403 403 403 404
leave                   204 204 204 204 204 404
read a tag              200 200 200 200 200 404
make a tag              201 201 201 403 403 422
change a tag            200 200 200 403 403 404
delete a tag            204 204 204 403 403 404
"""


@dataclass(frozen=True)
class House:
    """A household with somebody of every role, and one who does not belong to it."""

    factories: Factories
    id: UUID
    people: dict[str, User]

    @property
    def url(self) -> str:
        return f"{API}/households/{self.id}"

    async def member(self, role: str) -> str:
        """The address of one more member."""
        return f"{self.url}/members/{(await self.factories.member(self.id, role)).id}"

    async def tag(self) -> str:
        """The address of one more tag."""
        made = await self.factories.tag(self.people["owner"], household_id=self.id)
        return f"{API}/tags/{made.id}"


@pytest.fixture
async def house(factories: Factories) -> House:
    owner, stranger = await factories.user(), await factories.user()
    household = await factories.household(owner)
    people = {role: await factories.member(household.id, role) for role in ROLES[1:]}
    await factories.member(household.id, "owner")  # so that nobody is the last one
    return House(factories, household.id, {"owner": owner, **people, "stranger": stranger})


Try = Callable[[House, httpx2.AsyncClient, User], Awaitable[httpx2.Response]]


def reading(path: str) -> Try:
    return lambda house, client, _: client.get(house.url + path)


def adding(role: str) -> Try:
    async def act(house: House, client: httpx2.AsyncClient, _: User) -> httpx2.Response:
        body = {"email": (await house.factories.user()).email, "role": role}
        return await client.post(f"{house.url}/members", json=body)

    return act


def changing(before: str, after: str) -> Try:
    async def act(house: House, client: httpx2.AsyncClient, _: User) -> httpx2.Response:
        return await client.patch(await house.member(before), json={"role": after})

    return act


def removing(role: str) -> Try:
    async def act(house: House, client: httpx2.AsyncClient, _: User) -> httpx2.Response:
        return await client.delete(await house.member(role))

    return act


def on_a_tag(method: str, body: object = None) -> Try:
    async def act(house: House, client: httpx2.AsyncClient, _: User) -> httpx2.Response:
        return await client.request(method, await house.tag(), json=body, headers=ANY)

    return act


ACTIONS: dict[str, Try] = {
    "read the household": reading(""),
    "change its settings": lambda house, client, _: client.patch(
        house.url, json={"currency": "USD"}, headers=ANY
    ),
    "read the members": reading("/members"),
    "add a viewer": adding("viewer"),
    "add an admin": adding("admin"),
    "add an owner": adding("owner"),
    "lower an editor": changing("editor", "viewer"),
    "lower an owner": changing("owner", "viewer"),
    "appoint an owner": changing("viewer", "owner"),
    "raise oneself": lambda house, client, self: client.patch(
        f"{house.url}/members/{self.id}", json={"role": "owner"}
    ),
    "remove a viewer": removing("viewer"),
    "remove an admin": removing("admin"),
    "remove an owner": removing("owner"),
    "leave": lambda house, client, self: client.delete(f"{house.url}/members/{self.id}"),
    "read a tag": on_a_tag("GET"),
    "make a tag": lambda house, client, self: client.post(
        f"{API}/tags", json={"household_id": str(house.id), "name": str(self.id)}
    ),
    "change a tag": on_a_tag("PATCH", {"colour": "#123456"}),
    "delete a tag": on_a_tag("DELETE"),
}


def rows() -> list[tuple[str, dict[str, int]]]:
    """The table's actions with the status each caller gets."""
    found = []
    for line in TABLE.strip().splitlines():
        action, *statuses = line.rsplit(maxsplit=len(CALLERS))
        found.append((action, dict(zip(CALLERS, map(int, statuses), strict=True))))
    return found


class TestTable:
    def test_h03_every_action_stands_in_it(self) -> None:
        assert [action for action, _ in rows()] == list(ACTIONS)

    @pytest.mark.parametrize(("action", "expected"), rows(), ids=list(ACTIONS))
    async def test_h03_is_what_the_api_does(
        self, house: House, as_: As, action: str, expected: dict[str, int]
    ) -> None:
        statuses = {}
        for caller, user in house.people.items():
            answer = await ACTIONS[action](house, await as_(user), user)
            statuses[caller] = answer.status_code

        assert statuses == expected


@pytest.mark.parametrize("own", ROLES)
class TestGranting:
    async def test_h10_nobody_gives_or_takes_more_than_they_have(
        self, house: House, as_: As, own: str
    ) -> None:
        """Every role before and after: both must be at most the own, and the own a manager's."""
        client = await as_(house.people[own])
        granted = set()
        for before in ROLES:
            for after in ROLES:
                answer = await client.patch(await house.member(before), json={"role": after})
                assert answer.status_code in {200, 403}
                if answer.status_code == 200:
                    assert answer.json()["role"] == after
                    granted.add((before, after))

        lower = {"owner": ROLES, "admin": ROLES[1:]}.get(own, ())
        assert granted == {(before, after) for before in lower for after in lower}
