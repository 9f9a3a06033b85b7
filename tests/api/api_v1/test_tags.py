"""Tags through HTTP, alone and on recipes."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import RecipeTag, Tag, User
from tests.conftest import API, As, gather
from tests.doubles import FakeClock
from tests.factories import Factories, Make

URL = f"{API}/tags"
RECIPES = f"{API}/recipes"
ANY = {"If-Match": "*"}


@pytest.fixture
async def ada(make_user: Make[User]) -> User:
    return await make_user(display_name="Ada")


@pytest.fixture
async def as_ada(as_: As, ada: User) -> httpx2.AsyncClient:
    return await as_(ada)


def slug(answer: httpx2.Response) -> str:
    """The kind of a problem."""
    return str(answer.json()["type"]).rpartition("/")[2]


def broken(answer: httpx2.Response) -> list[tuple[str, str]]:
    """Pointer and code of each broken member."""
    assert answer.status_code == 422
    return [(each["pointer"], each["code"]) for each in answer.json()["errors"]]


async def make(client: httpx2.AsyncClient, **body: object) -> dict[str, Any]:
    """A tag, made through HTTP."""
    answer = await client.post(URL, json={"name": "Soup"} | body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def cook(client: httpx2.AsyncClient, *tags: object) -> dict[str, Any]:
    """A recipe with these tags."""
    answer = await client.post(RECIPES, json={"title": "Borscht", "tags": tags})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


class TestCreate:
    async def test_answers_every_member_with_its_default(
        self, as_ada: httpx2.AsyncClient, ada: User
    ) -> None:
        answer = await as_ada.post(URL, json={"name": " Cre\u0300me "})

        assert answer.status_code == 201
        made = answer.json()
        assert made == {
            "id": made["id"],
            "household_id": str(ada.default_household_id),
            "kind": "free",
            "name": "Crème",
            "parent_id": None,
            "colour": None,
            "version": 1,
            "created_at": "2026-03-01T12:00:00Z",
            "updated_at": "2026-03-01T12:00:00Z",
        }
        assert answer.headers["Location"] == f"{URL}/{made['id']}"
        read = await as_ada.get(answer.headers["Location"])
        assert (read.json(), read.headers["ETag"]) == (made, answer.headers["ETag"])

    async def test_in_the_household_named(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User
    ) -> None:
        cabin = await factories.household(ada)

        made = await make(as_ada, household_id=str(cabin.id), kind="course", colour="#A0b1C2")

        assert made["household_id"] == str(cabin.id)
        assert (made["kind"], made["colour"]) == ("course", "#A0b1C2")

    async def test_h02_anothers_household_is_none_of_ours(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User]
    ) -> None:
        other = await make_user()

        foreign, unknown = [
            await as_ada.post(URL, json={"name": "Soup", "household_id": str(id)})
            for id in (other.default_household_id, uuid4())
        ]

        assert broken(foreign) == broken(unknown) == [("/household_id", "no_household")]

    async def test_without_any_household_says_so(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User
    ) -> None:
        assert ada.default_household_id is not None
        await factories.member(ada.default_household_id, "owner")
        await as_ada.delete(f"{API}/households/{ada.default_household_id}/members/{ada.id}")

        answer = await as_ada.post(URL, json={"name": "Soup"})

        assert broken(answer) == [("/household_id", "no_household")]

    @pytest.mark.parametrize("name", ["crème", "CREME", "Creme", "cre\u0300me", " Crème\t"])
    async def test_a_name_is_there_once_whatever_its_case_and_accents(
        self, as_ada: httpx2.AsyncClient, name: str
    ) -> None:
        first = await make(as_ada, name="Crème")

        answer = await as_ada.post(URL, json={"name": name})

        assert (answer.status_code, slug(answer)) == (409, "tag-exists")
        assert answer.json()["tag_id"] == first["id"]

    async def test_another_kind_or_household_may_have_the_name(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User
    ) -> None:
        cabin = await factories.household(ada)
        await make(as_ada)

        await make(as_ada, kind="course")
        await make(as_ada, household_id=str(cabin.id))

    async def test_many_at_once_make_one(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        answers = await gather(*[lambda: as_ada.post(URL, json={"name": "Soup"})] * 8)

        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        [id] = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        others = {answer.json()["tag_id"] for answer in answers if answer.status_code == 409}
        assert others == {id}
        assert await session.scalar(select(func.count()).select_from(Tag)) == 1

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("name", ""),
            ("name", "x" * 101),
            ("name", None),
            ("kind", "mood"),
            ("kind", None),
            ("colour", "red"),
            ("colour", "#12345"),
            ("colour", "#123456\n"),
            ("parent_id", "x"),
        ],
    )
    async def test_what_is_out_of_bounds_is_named(
        self, as_ada: httpx2.AsyncClient, member: str, value: object
    ) -> None:
        answer = await as_ada.post(URL, json={"name": "Soup"} | {member: value})

        assert [pointer for pointer, _ in broken(answer)] == [f"/{member}"]


class TestParent:
    async def test_is_a_tag_of_the_same_household_and_kind(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, make_user: Make[User]
    ) -> None:
        cabin = await factories.household(ada)
        wrong = [
            await factories.tag(ada, kind="course"),
            await factories.tag(ada, household_id=cabin.id),
            await factories.tag(await make_user()),
        ]
        own = await make(as_ada)
        for id in [*[tag.id for tag in wrong], uuid4()]:
            body = {"name": "Stew", "parent_id": str(id)}
            made = await as_ada.post(URL, json=body)
            moved = await as_ada.patch(
                f"{URL}/{own['id']}", json={"parent_id": str(id)}, headers=ANY
            )
            assert broken(made) == broken(moved) == [("/parent_id", "no_such_parent")]

        right = await as_ada.post(URL, json={"name": "Stew", "parent_id": own["id"]})

        assert (right.status_code, right.json()["parent_id"]) == (201, own["id"])

    async def test_nothing_is_above_itself(self, as_ada: httpx2.AsyncClient) -> None:
        top = await make(as_ada, name="top")
        middle = await make(as_ada, name="middle", parent_id=top["id"])
        low = await make(as_ada, name="low", parent_id=middle["id"])
        for below in (top, middle, low):
            answer = await as_ada.patch(
                f"{URL}/{top['id']}", json={"parent_id": below["id"]}, headers=ANY
            )
            assert broken(answer) == [("/parent_id", "parent_circle")]

    async def test_two_who_move_at_once_make_no_circle(self, as_ada: httpx2.AsyncClient) -> None:
        a, b = await make(as_ada, name="a"), await make(as_ada, name="b")

        answers = await gather(
            *[
                lambda x=x, y=y: as_ada.patch(
                    f"{URL}/{x['id']}", json={"parent_id": y["id"]}, headers=ANY
                )
                for x, y in [(a, b), (b, a)]
            ]
        )

        assert sorted(answer.status_code for answer in answers) == [200, 422]

    async def test_is_taken_away_by_null(self, as_ada: httpx2.AsyncClient) -> None:
        top = await make(as_ada, name="top")
        low = await make(as_ada, name="low", parent_id=top["id"])

        answer = await as_ada.patch(f"{URL}/{low['id']}", json={"parent_id": None}, headers=ANY)

        assert (answer.status_code, answer.json()["parent_id"]) == (200, None)

    async def test_of_another_kind_is_left_with_the_kind(self, as_ada: httpx2.AsyncClient) -> None:
        top = await make(as_ada, name="top")
        low = await make(as_ada, name="low", parent_id=top["id"])
        url = f"{URL}/{low['id']}"

        kept = await as_ada.patch(url, json={"kind": "diet"}, headers=ANY)
        left = await as_ada.patch(url, json={"kind": "diet", "parent_id": None}, headers=ANY)

        assert broken(kept) == [("/parent_id", "no_such_parent")]
        assert (left.status_code, left.json()["kind"]) == (200, "diet")

    async def test_keeps_its_kind_while_there_are_tags_below(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        top = await make(as_ada, name="top")
        await make(as_ada, name="low", parent_id=top["id"])

        answer = await as_ada.patch(f"{URL}/{top['id']}", json={"kind": "diet"}, headers=ANY)

        assert broken(answer) == [("/kind", "has_children")]

    async def test_that_is_deleted_leaves_its_children_at_the_top(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        top = await make(as_ada, name="top")
        low = await make(as_ada, name="low", parent_id=top["id"])
        before = await as_ada.get(f"{URL}/{low['id']}")

        assert (await as_ada.delete(f"{URL}/{top['id']}", headers=ANY)).status_code == 204

        after = await as_ada.get(f"{URL}/{low['id']}")
        assert after.json() == low | {"parent_id": None, "version": 2}
        assert after.headers["ETag"] != before.headers["ETag"]


class TestList:
    async def test_is_in_the_order_of_names(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], factories: Factories
    ) -> None:
        await factories.tag(await make_user(), name="Aspic")
        for name in ("zest", "Éclair", "apple", "Date"):
            await make(as_ada, name=name)

        first = (await as_ada.get(URL, params={"limit": 3})).json()
        rest = await as_ada.get(URL, params={"limit": 3, "cursor": first["next_cursor"]})

        assert [each["name"] for each in first["items"]] == ["apple", "Date", "Éclair"]
        assert [each["name"] for each in rest.json()["items"]] == ["zest"]
        assert rest.json()["next_cursor"] is None

    async def test_of_one_household_or_kind(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, make_user: Make[User]
    ) -> None:
        cabin = await factories.household(ada)
        other = await make_user()
        await factories.tag(other, name="theirs")
        await make(as_ada, name="a", household_id=str(cabin.id), kind="diet")
        await make(as_ada, name="b", household_id=str(cabin.id))
        await make(as_ada, name="c", kind="diet")

        async def names(**query: object) -> list[str]:
            page = (await as_ada.get(URL, params={k: str(v) for k, v in query.items()})).json()
            return [each["name"] for each in page["items"]]

        assert await names(household_id=cabin.id) == ["a", "b"]
        assert await names(kind="diet") == ["a", "c"]
        assert await names(household_id=cabin.id, kind="diet") == ["a"]
        assert await names(household_id=other.default_household_id) == []

    @pytest.mark.parametrize("query", ["kind=mood", "household_id=1", "kind=diet&kind=free", "x=1"])
    async def test_a_filter_that_is_none_is_refused(
        self, as_ada: httpx2.AsyncClient, query: str
    ) -> None:
        answer = await as_ada.get(f"{URL}?{query}")

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["in"] == "query"

    async def test_is_not_sent_again_unchanged(self, as_ada: httpx2.AsyncClient) -> None:
        etag = (await as_ada.get(URL)).headers["ETag"]

        same = await as_ada.get(URL, headers={"If-None-Match": etag})
        await make(as_ada)
        other = await as_ada.get(URL, headers={"If-None-Match": etag})

        assert (same.status_code, other.status_code) == (304, 200)


class TestUpdate:
    async def test_replaces_the_members_sent(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        tag = await make(as_ada)
        url = f"{URL}/{tag['id']}"
        etag = (await as_ada.get(url)).headers["ETag"]
        clock.advance(timedelta(minutes=1))
        change = {"name": "Suppe", "colour": "#112233", "kind": "course"}

        answer = await as_ada.patch(url, json=change, headers={"If-Match": etag})

        assert answer.status_code == 200
        later = {"version": 2, "updated_at": "2026-03-01T12:01:00Z"}
        assert answer.json() == tag | change | later
        read = await as_ada.get(url)
        assert (read.json(), read.headers["ETag"]) == (answer.json(), answer.headers["ETag"])

    async def test_a_name_may_change_its_case(self, as_ada: httpx2.AsyncClient) -> None:
        tag = await make(as_ada, name="soup")

        answer = await as_ada.patch(f"{URL}/{tag['id']}", json={"name": "SOUP"}, headers=ANY)

        assert (answer.status_code, answer.json()["name"]) == (200, "SOUP")

    async def test_a_name_that_is_there_is_refused(self, as_ada: httpx2.AsyncClient) -> None:
        first, second = await make(as_ada, name="Soup"), await make(as_ada, name="Stew")
        url = f"{URL}/{second['id']}"

        answer = await as_ada.patch(url, json={"name": "SOUP"}, headers=ANY)

        assert (answer.status_code, slug(answer)) == (409, "tag-exists")
        assert answer.json()["tag_id"] == first["id"]
        assert (await as_ada.get(url)).json() == second

    async def test_needs_the_state_it_changes(self, as_ada: httpx2.AsyncClient) -> None:
        url = f"{URL}/{(await make(as_ada))['id']}"
        old = (await as_ada.get(url)).headers["ETag"]
        await as_ada.patch(url, json={"name": "Newer"}, headers={"If-Match": old})
        current = (await as_ada.get(url)).headers["ETag"]
        for method, body in [("PATCH", {"name": "Lost"}), ("DELETE", None)]:
            without = await as_ada.request(method, url, json=body)
            stale = await as_ada.request(method, url, json=body, headers={"If-Match": old})
            assert (without.status_code, stale.status_code) == (428, 412)
            assert stale.json()["etag"] == current
        assert (await as_ada.get(url)).json()["name"] == "Newer"

    @pytest.mark.parametrize(
        "body", [{}, {"name": None}, {"kind": None}, {"household_id": str(uuid4())}]
    )
    async def test_what_cannot_be_set_is_refused(
        self, as_ada: httpx2.AsyncClient, body: object
    ) -> None:
        tag = await make(as_ada)

        answer = await as_ada.patch(f"{URL}/{tag['id']}", json=body, headers=ANY)

        assert answer.status_code == 422


class TestOnRecipes:
    async def test_are_found_or_made_each_once_in_their_order(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        soup = await make(as_ada, name="Soup")

        recipe = await cook(
            as_ada,
            {"name": "Winter", "kind": "occasion"},
            {"name": "SOUP"},
            {"name": "winter", "kind": "occasion"},
            {"id": soup["id"]},
            {"name": "Winter"},
        )

        assert [(tag["kind"], tag["name"]) for tag in recipe["tags"]] == [
            ("occasion", "Winter"),
            ("free", "Soup"),
            ("free", "Winter"),
        ]
        assert recipe["tags"][1]["id"] == soup["id"]

    async def test_an_id_counts_more_than_the_name_beside_it(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        soup = await make(as_ada, name="Soup")

        recipe = await cook(as_ada, {"id": soup["id"], "name": "Stew", "kind": "diet"})

        assert [tag["name"] for tag in recipe["tags"]] == ["Soup"]
        assert len((await as_ada.get(URL)).json()["items"]) == 1

    async def test_h02_ids_of_other_households_are_refused(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, make_user: Make[User]
    ) -> None:
        own = await make(as_ada)
        cabin = await factories.household(ada)
        foreign = [
            await factories.tag(await make_user()),
            await factories.tag(ada, household_id=cabin.id),
        ]
        ids = [own["id"], *[str(tag.id) for tag in foreign], str(uuid4())]

        answer = await as_ada.post(
            RECIPES, json={"title": "Borscht", "tags": [{"id": id} for id in ids]}
        )

        assert broken(answer) == [(f"/tags/{n}/id", "no_such_tag") for n in (1, 2, 3)]

    async def test_cost_the_same_statements_however_many_they_are(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        counts = []
        for many in (1, 50):
            statements.clear()
            await cook(as_ada, *[{"name": f"{many}-{n}"} for n in range(many)])
            counts.append(len([each for each in statements if "tag" in each.split("WHERE")[0]]))

        assert counts[0] == counts[1]

    async def test_many_recipes_at_once_make_a_tag_once(self, as_ada: httpx2.AsyncClient) -> None:
        tags = [{"name": name} for name in "abcdef"]

        recipes = await gather(
            *[lambda n=n: cook(as_ada, *tags[n:], *tags[:n]) for n in range(len(tags))]
        )

        assert len({tag["id"] for recipe in recipes for tag in recipe["tags"]}) == len(tags)

    async def test_contributors_make_them_through_a_recipe_only(
        self, factories: Factories, ada: User, as_: As
    ) -> None:
        assert ada.default_household_id is not None
        as_bob = await as_(await factories.member(ada.default_household_id, "contributor"))
        place = {"household_id": str(ada.default_household_id)}

        alone = await as_bob.post(URL, json={"name": "Soup"} | place)
        within = await as_bob.post(
            RECIPES, json={"title": "Borscht", "tags": [{"name": "Soup"}]} | place
        )

        assert (alone.status_code, within.status_code) == (403, 201)

    @pytest.mark.parametrize("change", [{"name": "Suppe"}, {"kind": "course"}])
    async def test_a_change_of_words_shows_at_the_next_read(
        self, as_ada: httpx2.AsyncClient, change: dict[str, str]
    ) -> None:
        recipe = await cook(as_ada, {"name": "Soup"})
        other = await cook(as_ada, {"name": "Cake"})
        url, other_url = f"{RECIPES}/{recipe['id']}", f"{RECIPES}/{other['id']}"
        etag = (await as_ada.get(url)).headers["ETag"]
        other_etag = (await as_ada.get(other_url)).headers["ETag"]
        tag = recipe["tags"][0]

        await as_ada.patch(f"{URL}/{tag['id']}", json=change, headers=ANY)

        after = await as_ada.get(url, headers={"If-None-Match": etag})
        assert after.status_code == 200
        assert after.json()["tags"] == [tag | change]
        assert after.json()["version"] == recipe["version"] + 1
        unchanged = await as_ada.get(other_url, headers={"If-None-Match": other_etag})
        assert unchanged.status_code == 304

    @pytest.mark.parametrize("change", [{"name": "Soup"}, {"colour": "#000000"}])
    async def test_what_recipes_do_not_show_leaves_them_as_they_are(
        self, as_ada: httpx2.AsyncClient, change: dict[str, str]
    ) -> None:
        recipe = await cook(as_ada, {"name": "Soup"})
        url = f"{RECIPES}/{recipe['id']}"
        etag = (await as_ada.get(url)).headers["ETag"]

        await as_ada.patch(f"{URL}/{recipe['tags'][0]['id']}", json=change, headers=ANY)

        assert (await as_ada.get(url, headers={"If-None-Match": etag})).status_code == 304

    async def test_deleting_one_takes_it_off(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await cook(as_ada, {"name": "Soup"}, {"name": "Winter"})
        url = f"{RECIPES}/{recipe['id']}"
        etag = (await as_ada.get(url)).headers["ETag"]
        gone, stays = recipe["tags"]

        answer = await as_ada.delete(f"{URL}/{gone['id']}", headers=ANY)

        assert answer.status_code == 204
        after = await as_ada.get(url, headers={"If-None-Match": etag})
        assert after.json()["tags"] == [stays]
        assert (await as_ada.get(f"{URL}/{gone['id']}")).status_code == 404
        left = select(func.count()).where(RecipeTag.recipe_id == UUID(recipe["id"]))
        assert await session.scalar(left) == 1

    async def test_a_save_while_one_is_renamed_waits_for_nobody(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await cook(as_ada, {"name": "Soup"})
        tag_url = f"{URL}/{recipe['tags'][0]['id']}"
        recipe_url = f"{RECIPES}/{recipe['id']}"
        calls = [
            call
            for n in range(6)
            for call in (
                lambda n=n: as_ada.patch(tag_url, json={"name": f"Soup {n}"}, headers=ANY),
                lambda n=n: as_ada.patch(
                    recipe_url,
                    json={"title": f"Borscht {n}", "tags": recipe["tags"]},
                    headers=ANY,
                ),
            )
        ]

        answers = await gather(*calls)

        assert {answer.status_code for answer in answers} == {200}


class TestStrangers:
    @pytest.mark.parametrize(
        ("method", "body"), [("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)]
    )
    async def test_h01_anothers_tag_is_not_there(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], factories: Factories,
        session: AsyncSession, method: str, body: object,
    ) -> None:  # fmt: skip
        theirs = await factories.tag(await make_user(), name="Theirs")
        as_ada.headers.update(ANY)

        foreign = await as_ada.request(method, f"{URL}/{theirs.id}", json=body)
        unknown = await as_ada.request(method, f"{URL}/{uuid4()}", json=body)

        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json()["detail"] == unknown.json()["detail"]
        assert list(await session.scalars(select(Tag.name))) == ["Theirs"]
