"""What lists of recipes show, and whom: `GET /recipes` and `GET /recipes/my-recipes`."""

from uuid import uuid4

import httpx2
import pytest

from potluck.models import User
from tests.api.recipe_calls import (
    URL,
    Json,
    all_pages,
    create,
    faults,
    refusal,
    some,
    titles,
    total,
)
from tests.conftest import API
from tests.factories import Factories
from tests.recipe_bodies import full_body


class TestSummary:
    async def test_has_these_members(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, **full_body())

        page = (await as_ada.get(URL)).json()

        same = (
            "id", "household_id", "author_id", "title", "slug", "summary", "language", "status",
            "visibility", "tags", "image_url", "version", "created_at", "updated_at",
        )  # fmt: skip
        assert page == {
            "items": [
                {name: made[name] for name in same}
                | {"total_time_s": 3000, "servings": {"n": 8, "d": 1}}
            ],
            "next_cursor": None,
        }

    @pytest.mark.parametrize(
        ("times", "expected"),
        [
            ({}, None),
            ({"total": {"min_s": 60, "max_s": 90}, "cook": {"min_s": 600}}, 90),
            ({"prep": {"min_s": 60}, "cook": {"min_s": 1, "max_s": 30}, "rest": {"min_s": 0}}, 90),
            ({"total": {"min_s": None, "original_text": "long"}, "rest": {"min_s": 5}}, 5),
            ({"prep": {"min_s": None, "original_text": "long"}}, None),
            ({"total": {"min_s": 0}}, 0),
        ],
    )
    async def test_total_time_is_the_total_else_the_sum_of_the_others(
        self, as_ada: httpx2.AsyncClient, times: Json, expected: int | None
    ) -> None:
        await create(as_ada, times=times)
        assert (await as_ada.get(URL)).json()["items"][0]["total_time_s"] == expected


class TestFilters:
    async def test_household_and_author(
        self,
        as_ada: httpx2.AsyncClient,
        as_bob: httpx2.AsyncClient,
        ada: User,
        factories: Factories,
    ) -> None:
        cabin = str((await factories.household(ada)).id)
        home = str(ada.default_household_id)
        await some(as_ada, "home")
        await some(as_ada, "cabin", household_id=cabin)
        await some(as_bob, "bobs", household_id=home)

        assert await titles(as_ada) == ["bobs", "cabin", "home"]
        assert await titles(as_ada, household_id=home) == ["bobs", "home"]
        assert await titles(as_ada, author_id=str(ada.id)) == ["cabin", "home"]
        assert await titles(as_ada, author_id=str(ada.id), household_id=home) == ["home"]
        assert await titles(as_ada, author_id=str(uuid4())) == []
        assert await titles(as_bob) == ["bobs", "home"]
        assert await titles(as_bob, household_id=cabin) == []

    async def test_tags_by_id_or_name_and_all_must_match(self, as_ada: httpx2.AsyncClient) -> None:
        soup = (await create(as_ada, title="a", tags=[{"name": "Crème"}, {"name": "Quick"}]))[
            "tags"
        ][0]["id"]
        await some(as_ada, "b", tags=[{"name": "quick", "kind": "course"}])
        await some(as_ada, "c")

        rows: list[tuple[list[str], list[str]]] = [
            (["QUICK"], ["a", "b"]), (["creme"], ["a"]), ([soup], ["a"]), ([soup.upper()], ["a"]),
            ([soup, "quick"], ["a"]), (["quick", "crème"], ["a"]), (["quick", "none"], []),
            (["qui"], []), (["%"], []), ([str(uuid4())], []),
        ]  # fmt: skip
        for wanted, expected in rows:
            assert await titles(as_ada, tag=wanted) == expected, wanted

    async def test_archived_only_when_asked_for(self, as_ada: httpx2.AsyncClient) -> None:
        for status in ("draft", "published", "archived"):
            await some(as_ada, status, status=status)
        assert await titles(as_ada) == ["draft", "published"]
        for status in ("draft", "published", "archived"):
            assert await titles(as_ada, status=status) == [status]

    async def test_visibility(self, as_ada: httpx2.AsyncClient) -> None:
        kinds = ["household", "instance", "link", "private", "public"]
        for kind in kinds:
            await some(as_ada, kind, visibility=kind)
        assert await titles(as_ada) == kinds
        for kind in kinds:
            assert await titles(as_ada, visibility=kind) == [kind]

    async def test_max_total_time_leaves_out_what_has_no_time(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        for name, seconds in (("none", None), ("zero", 0), ("hour", 3600), ("day", 86_400)):
            await some(as_ada, name, **total(seconds))
        assert await titles(as_ada, max_total_time=0) == ["zero"]
        assert await titles(as_ada, max_total_time=3599) == ["zero"]
        assert await titles(as_ada, max_total_time=3600) == ["hour", "zero"]
        assert await titles(as_ada, max_total_time=2_592_000) == ["day", "hour", "zero"]

    async def test_q_looks_for_words_phrases_and_exclusions_everywhere_in_a_recipe(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        await some(
            as_ada,
            "Crème brûlée",
            ingredient_groups=[{"lines": [{"original_text": "6 egg yolks"}]}],
            sections=[{"steps": [{"text": "Bake in a water bath, 100% slow_ly."}]}],
            summary="Caramel",
            notes=[{"text": "Torch it"}],
            tags=[{"name": "Dessert"}],
        )
        await some(as_ada, "Bath buns", summary="With water")
        rows = {
            "creme": 1, "BRÛLÉE": 1, "egg yolks": 1, "yolks egg": 1, "torch": 1, "dessert": 1,
            "caramel dessert": 1, "caramel none": 0, "bath": 2, "water bath": 2,
            '"water bath"': 1, '"bath water"': 0, '"water bath': 1, "bath -caramel": 1,
            'bath -"water bath"': 1, "bath -dessert": 1, "-caramel": 0, "!!!": 0, "%": 0, "_": 0,
            "100%": 1, "slow_ly": 1, "sl%ly": 0, "slowxly": 0, "creme !!!": 1, "* OR 1=1 --": 0,
            "NEAR(egg": 0,
        }  # fmt: skip
        found = {words: len(await titles(as_ada, q=words)) for words in rows}
        assert found == rows

    async def test_all_conditions_hold_together(self, as_ada: httpx2.AsyncClient) -> None:
        await some(as_ada, "a", tags=[{"name": "x"}], **total(60), status="draft")
        await some(as_ada, "b", tags=[{"name": "x"}], **total(60))
        both: Json = {"tag": "x", "max_total_time": 60, "status": "draft", "q": "a"}
        assert await titles(as_ada, **both) == ["a"]


class TestMine:
    async def test_are_what_the_caller_wrote_anywhere_and_in_any_status(
        self,
        as_ada: httpx2.AsyncClient,
        as_bob: httpx2.AsyncClient,
        ada: User,
        factories: Factories,
    ) -> None:
        cabin, home = str((await factories.household(ada)).id), str(ada.default_household_id)
        for status in ("draft", "published", "archived"):
            await some(as_ada, status, status=status)
        await some(as_ada, "cabin", household_id=cabin, visibility="private")
        await some(as_bob, "bobs", household_id=home)
        gone = await create(as_ada, title="gone")
        await as_ada.delete(f"{URL}/{gone['id']}", headers={"If-Match": "*"})

        mine = await titles(as_ada, f"{URL}/my-recipes")

        assert mine == ["archived", "cabin", "draft", "published"]
        assert await titles(as_bob, f"{URL}/my-recipes") == ["bobs"]

    async def test_take_only_limit_cursor_and_sort(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        path = f"{URL}/my-recipes"
        for name in ("status", "q", "tag", "household_id"):
            answer = await as_ada.get(path, params={name: "draft"})
            assert faults(answer) == [(f"/{name}", "extra_forbidden")]
        await some(as_ada, "a", "b", "c")
        pages = await all_pages(as_ada, path, 2, sort="title")
        assert [[item["title"] for item in page] for page in pages] == [["a", "b"], ["c"]]
        assert refusal(await client.get(path)) == (401, "unauthenticated")


class TestStrangers:
    async def test_see_the_public_ones(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        for kind in ("private", "household", "instance", "link", "public"):
            for status in ("draft", "published", "archived"):
                await some(as_ada, f"{kind} {status}", visibility=kind, status=status)
        assert await titles(client) == ["public published"]
        assert await titles(as_eve) == ["instance published", "public published"]
        assert len(await titles(as_ada)) == 10
        for status in ("draft", "archived"):
            assert await titles(client, status=status) == []
            assert await titles(as_eve, status=status) == []
        items = (await client.get(URL)).json()["items"]
        assert (await client.get(f"{API}/recipes/{items[0]['id']}")).status_code == 200
