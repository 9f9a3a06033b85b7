"""Lists of recipes in their orders, page by page, and what they may be asked."""

from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest

from tests.api.recipe_calls import (
    URL,
    Json,
    all_pages,
    create,
    faults,
    patch,
    read,
    refusal,
    some,
    titles,
    total,
)
from tests.doubles import FakeClock

SORTS = (
    "-created_at", "created_at", "-updated_at", "updated_at", "title", "-title", "total_time",
    "-total_time",
)  # fmt: skip
LISTS = (URL, f"{URL}/my-recipes")


class TestOrders:
    @pytest.fixture
    async def _four(self, as_ada: httpx2.AsyncClient, clock: FakeClock) -> None:
        rows = [("éclair", 60), ("Donut", None), ("apple", 5), ("Zwieback", 60)]
        ids = []
        for name, seconds in rows:
            ids.append((await create(as_ada, title=name, **total(seconds)))["id"])
            clock.advance(timedelta(minutes=1))
        await patch(as_ada, ids[0], summary="changed last")

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("created_at", ["éclair", "Donut", "apple", "Zwieback"]),
            ("-created_at", ["Zwieback", "apple", "Donut", "éclair"]),
            ("updated_at", ["Donut", "apple", "Zwieback", "éclair"]),
            ("-updated_at", ["éclair", "Zwieback", "apple", "Donut"]),
            ("title", ["apple", "Donut", "éclair", "Zwieback"]),
            ("-title", ["Zwieback", "éclair", "Donut", "apple"]),
            ("total_time", ["apple", "éclair", "Zwieback", "Donut"]),
            ("-total_time", ["Zwieback", "éclair", "apple", "Donut"]),
        ],
    )
    @pytest.mark.usefixtures("_four")
    @pytest.mark.parametrize("path", LISTS)
    async def test_both_directions_and_unknown_last(
        self, as_ada: httpx2.AsyncClient, path: str, sort: str, expected: list[str]
    ) -> None:
        assert await titles(as_ada, path, sort=sort) == expected
        if sort == "-created_at":
            items = (await as_ada.get(path)).json()["items"]
            assert [item["title"] for item in items] == expected


class TestPages:
    @pytest.mark.parametrize("sort", SORTS)
    async def test_a_walk_repeats_nothing_and_leaves_nothing_out_while_recipes_come_and_go(
        self, as_ada: httpx2.AsyncClient, sort: str
    ) -> None:
        """All rows tie in every order but by id; some have no time."""
        made = [await create(as_ada, **total(None if n % 2 else 60)) for n in range(7)]
        whole = [item["id"] for item in (await all_pages(as_ada, URL, 100, sort=sort))[0]]
        assert sorted(whole) == sorted(each["id"] for each in made)

        seen: list[str] = []
        answer = await as_ada.get(URL, params={"sort": sort, "limit": 2})
        await some(as_ada, "AAA", "Cake", "zzz", **total(60))
        await as_ada.delete(f"{URL}/{whole[-1]}", headers={"If-Match": "*"})
        while True:
            page = answer.json()
            seen += [item["id"] for item in page["items"] if item["id"] in whole]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
            answer = await as_ada.get(URL, params={"sort": sort, "limit": 2, **cursor})
        assert seen == whole[:-1]

    async def test_the_last_page_has_no_cursor_even_when_it_is_full(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        await some(as_ada, *"abcd")
        assert [len(page) for page in await all_pages(as_ada, URL, 2)] == [2, 2]

    async def test_20_unless_said_otherwise(self, as_ada: httpx2.AsyncClient) -> None:
        await some(as_ada, *(f"Cake {n}" for n in range(21)))
        assert len((await as_ada.get(URL)).json()["items"]) == 20
        assert len((await as_ada.get(f"{URL}?limit=100")).json()["items"]) == 21
        for limit, code in (("0", "greater_than_equal"), ("101", "less_than_equal")):
            assert faults(await as_ada.get(f"{URL}?limit={limit}")) == [("/limit", code)]
        assert faults(await as_ada.get(f"{URL}?limit=ten")) == [("/limit", "int_parsing")]

    async def test_m08_a_cursor_belongs_to_the_list_it_came_from(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        await some(as_ada, "a", "b", "c")
        parameters: Json = {"limit": 1, "sort": "title", "status": "published"}
        cursor = (await as_ada.get(URL, params=parameters)).json()["next_cursor"]
        good = parameters | {"cursor": cursor}
        assert (await titles(as_ada, **good)) == ["b"]
        assert (await titles(as_ada, **good | {"limit": 2})) == ["b", "c"]

        flipped = cursor[:-3] + ("A" if cursor[-3] != "A" else "B") + cursor[-2:]
        others: list[tuple[str, Json]] = [
            (URL, good | {"sort": "-title"}),
            (URL, good | {"status": "draft"}),
            (URL, good | {"q": "a"}),
            (URL, {"limit": 1, "sort": "title", "cursor": cursor}),
            (f"{URL}/my-recipes", {"sort": "title", "cursor": cursor}),
            (f"{URL}/trash", {"cursor": cursor}),
            (URL, good | {"cursor": flipped}),
            (URL, good | {"cursor": cursor[:-4]}),
            (URL, good | {"cursor": "x"}),
            (URL, good | {"cursor": ""}),
        ]
        for path, wrong in others:
            assert refusal(await as_ada.get(path, params=wrong)) == (400, "invalid-cursor"), wrong


class TestParameters:
    async def test_h07_i05_unknown_and_repeated_ones_are_refused(
        self, client: httpx2.AsyncClient
    ) -> None:
        scalars = {
            "household_id": str(uuid4()), "author_id": str(uuid4()), "status": "draft",
            "visibility": "public", "max_total_time": "1", "q": "a", "sort": "title", "limit": "1",
        }  # fmt: skip
        for name, value in scalars.items():
            answer = await client.get(URL, params={name: [value, value]})
            assert faults(answer) == [(f"/{name}", "repeated")]
            assert answer.json()["errors"][0]["in"] == "query"
        twice = await client.get(URL, params={"cursor": ["a", "b"]})
        assert faults(twice) == [("/cursor", "repeated")]
        for name in ("page", "keyword", "order_by", "author.password_hash", "household.id"):
            assert faults(await client.get(URL, params={name: "1"})) == [
                (f"/{name}", "extra_forbidden")
            ]

    async def test_h07_values_come_from_the_lists_of_the_contract(
        self, client: httpx2.AsyncClient
    ) -> None:
        rows: list[tuple[str, str, str]] = [
            ("sort", "slug", "enum"), ("sort", "author.password_hash", "enum"),
            ("sort", "title,id", "enum"), ("sort", "title desc", "enum"), ("sort", "", "enum"),
            ("status", "deleted", "literal_error"), ("visibility", "all", "literal_error"),
            ("household_id", "1", "uuid_parsing"), ("author_id", "me", "uuid_parsing"),
            ("max_total_time", "-1", "greater_than_equal"),
            ("max_total_time", "2592001", "less_than_equal"),
            ("max_total_time", "1e3", "int_parsing"), ("max_total_time", "NaN", "int_parsing"),
            ("max_total_time", "9" * 5000, "int_parsing_size"),
            ("q", "", "string_too_short"), ("q", " ", "string_too_short"),
            ("q", "x" * 201, "string_too_long"), ("q", "\x00", "text_not_allowed"),
        ]  # fmt: skip
        for name, value, code in rows:
            answer = await client.get(URL, params={name: value})
            assert faults(answer) == [(f"/{name}", code)], (name, value)

    async def test_of_tag_each_is_looked_at(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get(URL, params={"tag": ["a", "", "x" * 101]})
        assert faults(answer) == [("/tag/1", "string_too_short"), ("/tag/2", "string_too_long")]


class TestETag:
    @pytest.mark.parametrize("tail", ["", "/my-recipes", "/trash"])
    async def test_m02_a_list_that_is_known_is_304_until_it_changes(
        self, as_ada: httpx2.AsyncClient, tail: str
    ) -> None:
        path = URL + tail
        id = (await create(as_ada))["id"]
        first = await as_ada.get(path)
        known = {"If-None-Match": first.headers["ETag"]}
        again = await as_ada.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in again.headers["Vary"]
        await as_ada.delete(f"{URL}/{id}", headers={"If-Match": "*"})
        assert (await as_ada.get(path, headers=known)).status_code == 200

    async def test_m02_a_history_that_is_known_is_304_until_it_grows(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        id = (await create(as_ada))["id"]
        path = f"{URL}/{id}/revisions"
        for tail, after in (("", 200), ("/1", 304)):
            known = {"If-None-Match": (await as_ada.get(path + tail)).headers["ETag"]}
            assert (await as_ada.get(path + tail, headers=known)).status_code == 304
            await patch(as_ada, id, title=f"Pie{tail}")
            assert (await as_ada.get(path + tail, headers=known)).status_code == after
        assert (await read(as_ada, id)).json()["revision"] == 3
