"""GET /recipes/search: what it takes and answers, whose recipes it finds, what it costs."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.ids import new_id
from potluck.crud import recipe_feed
from potluck.models import Recipe, RecipeWords, User
from potluck.resources import Resources
from potluck.services import recipe_index
from potluck.worker import search_index, trash
from tests.api.recipe_calls import URL, Json, create, delete, faults, patch, refusal
from tests.conftest import API, As, gather
from tests.doubles import FakeClock
from tests.factories import Factories
from tests.recipe_bodies import full_body

SEARCH = f"{URL}/search"


async def found(client: httpx2.AsyncClient, keyword: str, **parameters: Any) -> list[str]:
    """The titles that a search gives, best first."""
    answer = await client.get(SEARCH, params={"keyword": keyword} | parameters)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def meant(client: httpx2.AsyncClient, keyword: str) -> str | None:
    """What was searched for instead, if anything."""
    said: str | None = (await client.get(SEARCH, params={"keyword": keyword})).json()[
        "corrected_keyword"
    ]
    return said


class TestAnswer:
    async def test_is_one_page_of_summaries(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, **full_body())
        listed = (await as_ada.get(URL)).json()["items"]

        page = (await as_ada.get(SEARCH, params={"keyword": made["title"]})).json()

        assert page == {"items": listed, "next_cursor": None, "corrected_keyword": None}

    async def test_says_what_was_meant(self, as_ada: httpx2.AsyncClient) -> None:
        await create(as_ada, title="Tomato soup")
        page = (await as_ada.get(SEARCH, params={"keyword": "Soup TOAMTO"})).json()
        assert [item["title"] for item in page["items"]] == ["Tomato soup"]
        assert page["corrected_keyword"] == "Soup tomato"

    async def test_has_an_etag_and_a_304(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, title="Soup")
        first = await as_ada.get(SEARCH, params={"keyword": "soup"})
        known = {"If-None-Match": first.headers["ETag"]}

        again = await as_ada.get(SEARCH, params={"keyword": "soup"}, headers=known)
        await patch(as_ada, made["id"], summary="Hot")
        changed = await as_ada.get(SEARCH, params={"keyword": "soup"}, headers=known)

        assert (again.status_code, again.content, changed.status_code) == (304, b"", 200)
        assert again.headers["ETag"] == first.headers["ETag"] != changed.headers["ETag"]

    async def test_has_max_results_at_most_and_20_when_not_told(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        for number in range(22):
            await create(as_ada, title=f"Soup {number}")
        for asked, expected in ((1, 1), (21, 21), (100, 22)):
            assert len(await found(as_ada, "soup", max_results=asked)) == expected
        assert len(await found(as_ada, "soup")) == 20


class TestParameters:
    @pytest.mark.parametrize(
        ("parameters", "fault"),
        [
            ({}, ("/keyword", "missing")),
            ({"keyword": ""}, ("/keyword", "too_short")),
            ({"keyword": "  "}, ("/keyword", "too_short")),
            ({"keyword": "a" * 201}, ("/keyword", "too_long")),
            ({"keyword": "a\x00b"}, ("/keyword", "unfit_text")),
            ({"keyword": "a", "max_results": 0}, ("/max_results", "too_small")),
            ({"keyword": "a", "max_results": 101}, ("/max_results", "too_large")),
            ({"keyword": "a", "q": "b"}, ("/q", "extra_forbidden")),
            ({"keyword": ["a", "b"]}, ("/keyword", "repeated")),
            ({"keyword": "a", "cursor": "x"}, ("/cursor", "extra_forbidden")),
        ],
    )
    async def test_are_refused_beyond_their_bounds(
        self, client: httpx2.AsyncClient, parameters: Json, fault: tuple[str, str]
    ) -> None:
        answer = await client.get(SEARCH, params=parameters)
        assert (answer.status_code, faults(answer)[0][0]) == (422, fault[0])

    async def test_words_of_200_characters_are_taken(self, as_ada: httpx2.AsyncClient) -> None:
        for keyword in ("a" * 200, "é" * 200, "a " * 100, '"' * 200, "-a " * 66, "👩‍🍳" * 66):
            assert await found(as_ada, keyword) == []


class TestStrangers:
    async def test_find_what_is_public_and_published(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, as_eve: httpx2.AsyncClient
    ) -> None:
        for visibility in ("private", "household", "instance", "link", "public"):
            for status in ("draft", "published", "archived"):
                title = f"Soup {visibility} {status}"
                await create(as_ada, title=title, visibility=visibility, status=status)
        assert await found(client, "soup") == ["Soup public published"]
        assert await found(as_eve, "soup") == ["Soup public published", "Soup instance published"]
        assert len(await found(as_ada, "soup")) == 10

    async def test_with_a_bad_token_are_refused(self, client: httpx2.AsyncClient) -> None:
        client.headers["Authorization"] = "Bearer forged"
        answer = await client.get(SEARCH, params={"keyword": "soup"})
        assert refusal(answer) == (401, "invalid-token")


class TestWhatChanges:
    """The index is written in the transaction of the change: the next search knows it."""

    async def test_words_and_rights_of_a_recipe(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        id = (await create(as_ada, title="Soup", visibility="public"))["id"]
        assert await found(client, "soup") == ["Soup"]
        await patch(as_ada, id, title="Stew")
        assert (await found(client, "soup"), await found(client, "stew")) == ([], ["Stew"])
        await patch(as_ada, id, status="draft")
        assert (await found(client, "stew"), await found(as_ada, "stew")) == ([], ["Stew"])
        await patch(as_ada, id, status="archived")
        assert await found(as_ada, "stew") == []
        await patch(as_ada, id, status="published", visibility="household")
        assert (await found(client, "stew"), await found(as_ada, "stew")) == ([], ["Stew"])
        await patch(as_ada, id, visibility="public")
        assert await found(client, "stew") == ["Stew"]

    async def test_the_language_whose_plurals_count(self, as_ada: httpx2.AsyncClient) -> None:
        id = (await create(as_ada, title="Two loaves", language="de"))["id"]
        assert await found(as_ada, "loaf") == []
        await patch(as_ada, id, language="en")
        assert await found(as_ada, "loaf") == ["Two loaves"]

    async def test_the_trash(
        self,
        as_ada: httpx2.AsyncClient,
        resources: Resources,
        clock: FakeClock,
        session: AsyncSession,
    ) -> None:
        id = (await create(as_ada, title="Soup"))["id"]
        await delete(as_ada, id)
        assert await found(as_ada, "soup") == []
        await as_ada.post(f"{URL}/{id}/restore")
        assert await found(as_ada, "soup") == ["Soup"]
        await delete(as_ada, id)
        clock.advance(timedelta(days=31))
        await trash.empty(resources.database, resources.settings.trash, clock)
        assert list(await session.scalars(RecipeWords.__table__.select())) == []

    async def test_names_of_tags(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, title="Borscht", tags=[{"name": "Soup"}, {"name": "Red"}])
        tag = f"{API}/tags/{made['tags'][0]['id']}"
        assert await found(as_ada, "soups") == ["Borscht"]
        await as_ada.patch(tag, json={"name": "Stew"}, headers={"If-Match": "*"})
        assert (await found(as_ada, "soups"), await found(as_ada, "stew")) == ([], ["Borscht"])
        assert await meant(as_ada, "stwe") == "stew"
        await as_ada.delete(tag, headers={"If-Match": "*"})
        assert (await found(as_ada, "stew"), await found(as_ada, "red")) == ([], ["Borscht"])

    async def test_a_tag_of_many_recipes_soon(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        count = recipe_index.UNIT + 2
        for _ in range(count):
            made = await create(as_ada, tags=[{"name": "Soup"}])
        tag = f"{API}/tags/{made['tags'][0]['id']}"
        await as_ada.patch(tag, json={"name": "Stew"}, headers={"If-Match": "*"})
        assert len(await found(as_ada, "stew", max_results=100)) >= recipe_index.UNIT
        await search_index.once(resources.database)
        assert len(await found(as_ada, "stew", max_results=100)) == count
        assert await found(as_ada, "soup") == []

    async def test_h06_the_end_of_a_membership(
        self, as_ada: httpx2.AsyncClient, as_: As, ada: User, factories: Factories
    ) -> None:
        assert ada.default_household_id
        bob = await factories.member(ada.default_household_id, "viewer")
        as_bob = await as_(bob)
        await create(as_ada, title="Soup")
        assert await found(as_bob, "soup") == ["Soup"]
        await as_ada.delete(f"{API}/households/{ada.default_household_id}/members/{bob.id}")
        assert await found(as_bob, "soup") == []


class TestManyHits:
    async def test_what_others_keep_private_takes_no_place_among_the_newest(
        self, as_ada: httpx2.AsyncClient, ada: User, resources: Resources, factories: Factories
    ) -> None:
        await create(as_ada, title="Soup of old")
        assert ada.default_household_id
        bob = await factories.member(ada.default_household_id, "editor")
        async with resources.database.transaction() as session:
            await add_private_soups(session, ada, bob, 600)
        assert await found(as_ada, "soup") == ["Soup of old"]


async def add_private_soups(session: AsyncSession, ada: User, bob: User, count: int) -> None:
    """Recipes of Bob's in Ada's household, which are newer than all others."""
    row = (await session.execute(Recipe.__table__.select())).mappings().one()
    words = (await session.execute(RecipeWords.__table__.select())).mappings().one()
    own = {"visibility": "private", "author_id": bob.id}
    ids = [new_id() for _ in range(count)]
    await session.execute(insert(Recipe), [dict(row) | own | {"id": id} for id in ids])
    texts = {name: value for name, value in words.items() if name != "id"}
    await session.execute(insert(RecipeWords), [texts | {"recipe_id": id} for id in ids])
    newest = await session.get_one(Recipe, ids[-1])
    await recipe_feed.stamp(session, newest, now=newest.updated_at)


class TestStatements:
    """Who asks costs one. The languages of the recipes are remembered."""

    CALLER = 1

    @pytest.mark.parametrize(
        ("keyword", "expected"),
        [
            ("soup", 1),
            ("zzyzx", 2),
            ("toamto", 3),
            ("-soup", 0),
            ("!!", 0),
            ("42", 1),
            ('"no such"', 1),
        ],
    )
    async def test_are_three_at_most(
        self,
        as_ada: httpx2.AsyncClient,
        statements: list[str],
        keyword: str,
        expected: int,
    ) -> None:
        await create(as_ada, title="Tomato soup", tags=[{"name": "Red"}, {"name": "Hot"}])
        await found(as_ada, "first")
        statements.clear()
        await found(as_ada, keyword)
        assert len(statements) == self.CALLER + expected

    async def test_a_language_that_is_new_is_learned_by_one_more(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        await create(as_ada, title="Tomato soup")
        assert await found(as_ada, "tomatoes") == ["Tomato soup"]
        await create(as_ada, title="Tomate", language="de")
        statements.clear()
        assert await found(as_ada, "Tomaten") == ["Tomate"]
        assert len(statements) == self.CALLER + 2

    async def test_a_list_takes_as_many_with_words_as_without(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        await create(as_ada, title="Tomato soup")
        await found(as_ada, "first")
        counts = []
        for parameters in ({}, {"q": "soup"}, {"q": "toamto -x"}):
            statements.clear()
            await as_ada.get(URL, params=parameters)
            counts.append(len(statements))
        assert len(set(counts)) == 1


class TestPrivateMarker:
    """H-08: a word that stands only in what the caller may not read does not exist for them."""

    @pytest.fixture
    async def everybody(
        self,
        as_ada: httpx2.AsyncClient,
        as_bob: httpx2.AsyncClient,
        as_eve: httpx2.AsyncClient,
        client: httpx2.AsyncClient,
    ) -> list[httpx2.AsyncClient]:
        """Bob is in Ada's household, Eve is in another, and the last is a stranger."""
        await create(as_ada, title="Xylograph marzipan", visibility="private")
        trashed = await create(as_ada, title="Quokkaberry marzipan", visibility="public")
        await delete(as_ada, trashed["id"])
        await create(as_ada, title="Plain marzipan", visibility="public")
        return [as_bob, as_eve, client]

    @pytest.mark.parametrize(
        "keyword", ["xylograph", "xylogarph", "xylograph marzipan", "quokkaberry", "quokkabery"]
    )
    async def test_h08_by_search_and_by_correction(
        self, everybody: list[httpx2.AsyncClient], as_ada: httpx2.AsyncClient, keyword: str
    ) -> None:
        for caller in everybody:
            page = (await caller.get(SEARCH, params={"keyword": keyword})).json()
            assert page == {"items": [], "next_cursor": None, "corrected_keyword": None}
        is_trashed = keyword.startswith("quokka")
        assert (await found(as_ada, keyword) == []) == is_trashed

    async def test_h08_a_known_word_is_corrected_only_to_what_finds_something_for_the_caller(
        self, everybody: list[httpx2.AsyncClient]
    ) -> None:
        for caller in everybody:
            assert await meant(caller, "marzipna") == "marzipan"
            assert await meant(caller, "xylograph marzipna") is None

    async def test_h08_by_the_statements_that_a_search_takes(
        self, everybody: list[httpx2.AsyncClient], statements: list[str]
    ) -> None:
        for caller in everybody:
            seen = []
            await found(caller, "first")
            for keyword in ("xylogarph", "xlyogkuth", "quokkabery"):
                statements.clear()
                await found(caller, keyword)
                seen.append(list(statements))
            assert [len(each) for each in seen] == [len(seen[0])] * 3

    async def test_h08_by_a_list(self, everybody: list[httpx2.AsyncClient]) -> None:
        for caller in everybody:
            for keyword in ("xylograph", "quokkaberry"):
                answer = await caller.get(URL, params={"q": keyword})
                assert answer.json()["items"] == []


class TestAtOnce:
    async def test_saves_that_bring_the_same_new_words_do_not_stand_in_each_others_way(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        letters = "abcdefghijklmnop"
        words = [f"{a}{b}{a}quux{b}" for a in letters for b in letters]

        async def save(number: int) -> httpx2.Response:
            shifted = words[number * 30 :] + words[: number * 30]
            steps = [{"text": " ".join(reversed(shifted) if number % 2 else shifted)}]
            return await as_ada.post(
                URL, json={"title": f"Soup {number}", "sections": [{"steps": steps}]}
            )

        answers = await gather(*(lambda number=number: save(number) for number in range(8)))

        assert [answer.status_code for answer in answers] == [201] * 8
        assert len(await found(as_ada, "apaquuxp")) == 8
        assert await meant(as_ada, "apaqxuxp") == "apaquuxp"
