"""H-03: who reads which recipe, and what each role may do with it, as two tables."""

from dataclasses import dataclass, field
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select

from potluck.crud import recipe_feed
from potluck.models import Recipe
from potluck.resources import Resources
from tests.api.recipe_calls import URL, Json, create, delete
from tests.conftest import As
from tests.factories import Factories

ANY = {"If-Match": "*"}
ROLES = ("owner", "admin", "editor", "contributor", "viewer")
VISIBILITIES = ("private", "household", "instance", "link", "public")
STATUSES = ("draft", "published", "archived")

MEMBERS = {*ROLES, "author"}
SIGNED_IN = MEMBERS | {"outsider"}
EVERYBODY = SIGNED_IN | {"stranger"}
#: Who reads a recipe; what is not published goes no further than the household.
READERS: dict[tuple[str, str], set[str]] = {
    (visibility, status): {"author"} if visibility == "private" else MEMBERS
    for visibility in VISIBILITIES
    for status in STATUSES
} | {("instance", "published"): SIGNED_IN, ("public", "published"): EVERYBODY}


@dataclass
class House:
    """A household with somebody in each role, an author who is a contributor, and outsiders."""

    id: str
    clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)


@pytest.fixture
async def house(as_: As, factories: Factories) -> House:
    owner = await factories.user()
    home = owner.default_household_id
    assert home
    people = {"owner": owner, "author": await factories.member(home, "contributor")}
    for role in ROLES[1:]:
        people[role] = await factories.member(home, role)
    people["outsider"] = await factories.user()
    house = House(str(home))
    for name, user in people.items():
        house.clients[name], house.ids[name] = await as_(user), user.id
    house.clients["stranger"] = await as_(None)
    return house


class TestReaders:
    async def test_h03_are_told_by_visibility_and_status(self, house: House) -> None:
        made = {
            (visibility, status): await create(
                house.clients["author"],
                household_id=house.id,
                title=f"{visibility} {status}",
                visibility=visibility,
                status=status,
            )
            for visibility, status in READERS
        }
        for name, client in house.clients.items():
            seen = {
                key
                for key, recipe in made.items()
                if (await client.get(f"{URL}/{recipe['id']}")).status_code == 200
            }
            expected = {key for key, readers in READERS.items() if name in readers}
            assert seen == expected, name

            listed: set[str] = set()
            for status in STATUSES:
                answer = await client.get(URL, params={"status": status, "limit": 100})
                listed |= {item["title"] for item in answer.json()["items"]}
            assert listed == {" ".join(key) for key in expected}, name


class TestFinders:
    """H-08: search narrows down by its own index, and must let out exactly what lists show."""

    @pytest.mark.parametrize("author_is_gone", [False, True])
    async def test_h08_are_those_who_see_the_recipe_in_a_list(
        self, house: House, resources: Resources, author_is_gone: bool
    ) -> None:
        for visibility, status in READERS:
            await create(
                house.clients["author"],
                household_id=house.id,
                title=f"Soup {visibility} {status}",
                visibility=visibility,
                status=status,
            )
        if author_is_gone:
            async with resources.database.transaction() as unit:
                for row in await unit.scalars(select(Recipe)):
                    row.author_id = None
                await unit.flush()
                await recipe_feed.stamp(unit, row, now=row.updated_at)

        for name, client in house.clients.items():
            listed = await client.get(URL, params={"limit": 100})
            with_words = await client.get(URL, params={"limit": 100, "q": "soup"})
            searched = await client.get(
                f"{URL}/search", params={"keyword": "soup", "max_results": 100}
            )
            expected = {item["id"] for item in listed.json()["items"]}
            assert {item["id"] for item in with_words.json()["items"]} == expected, name
            assert {item["id"] for item in searched.json()["items"]} == expected, name
            if not author_is_gone:
                readers = [key for key in READERS if key[1] != "archived" and name in READERS[key]]
                assert len(expected) == len(readers), name


#: Statuses by role, then for an outsider who sees the recipe, then for a stranger.
RIGHTS: dict[str, tuple[int, int, int, int, int, int, int]] = {
    #               owner admin editor contributor viewer outsider stranger
    "read":         (200, 200, 200, 200, 200, 200, 200),
    "create":       (201, 201, 201, 201, 403, 422, 401),
    "edit any":     (200, 200, 200, 403, 403, 403, 401),
    "edit own":     (200, 200, 200, 200, 403, 403, 401),
    "replace any":  (200, 200, 200, 403, 403, 403, 401),
    "history":      (200, 200, 200, 200, 200, 403, 401),
    "delete any":   (204, 204, 403, 403, 403, 403, 401),
    "delete own":   (204, 204, 204, 403, 403, 403, 401),
    "restore any":  (200, 200, 404, 404, 404, 404, 401),
    "restore own":  (200, 200, 200, 404, 404, 404, 401),
}  # fmt: skip
CALLERS = (*ROLES, "outsider", "stranger")


@dataclass
class Try:
    """Does each action of `RIGHTS` once to a public recipe of the household."""

    house: House
    resources: Resources

    async def status(self, action: str, caller: str) -> int:
        verb, _, whose = action.partition(" ")
        recipe = await create(
            self.house.clients["owner"], household_id=self.house.id, visibility="public"
        )
        if whose == "own" and caller in self.house.ids:
            await self._give(recipe, self.house.ids[caller])
        if verb == "restore":
            await delete(self.house.clients["owner"], recipe["id"])
        answer = await self._do(verb, self.house.clients[caller], f"{URL}/{recipe['id']}")
        return answer.status_code

    async def _do(self, verb: str, client: httpx2.AsyncClient, path: str) -> httpx2.Response:
        body = {"title": "Changed"}
        if verb == "create":
            return await client.post(URL, json=body | {"household_id": self.house.id})
        if verb == "edit":
            return await client.patch(path, json=body, headers=ANY)
        if verb == "replace":
            return await client.put(path, json=body, headers=ANY)
        if verb == "delete":
            return await client.delete(path, headers=ANY)
        if verb == "restore":
            return await client.post(f"{path}/restore")
        return await client.get(f"{path}/revisions" if verb == "history" else path)

    async def _give(self, recipe: Json, author_id: UUID) -> None:
        """Roles change, recipes stay: their author may by now be a mere viewer, or gone."""
        async with self.resources.database.transaction() as session:
            row = await session.get_one(Recipe, UUID(recipe["id"]))
            row.author_id = author_id
            await session.flush()
            await recipe_feed.stamp(session, row, now=row.updated_at)


class TestRoles:
    async def test_h03_may_do_what_the_table_says(self, house: House, resources: Resources) -> None:
        attempt = Try(house, resources)
        found = {
            action: tuple([await attempt.status(action, caller) for caller in CALLERS])
            for action in RIGHTS
        }
        assert found == RIGHTS

    async def test_h03_nobody_but_the_author_touches_a_private_recipe(self, house: House) -> None:
        made = await create(house.clients["author"], household_id=house.id, visibility="private")
        path = f"{URL}/{made['id']}"
        for name in ROLES:
            client = house.clients[name]
            answers = [
                await client.patch(path, json={"title": "x"}, headers=ANY),
                await client.put(path, json={"title": "x"}, headers=ANY),
                await client.delete(path, headers=ANY),
                await client.post(f"{path}/restore"),
                await client.get(f"{path}/revisions"),
            ]
            assert {answer.status_code for answer in answers} == {404}, name
        assert (await house.clients["author"].get(path)).json() == made
