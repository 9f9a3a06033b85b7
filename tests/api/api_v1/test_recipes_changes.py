"""`GET /recipes` with `updated_since` or `ids`: what changed, and recipes by their names."""

from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest

from potluck.domain.roles import Role
from potluck.models import User
from potluck.resources import Resources
from potluck.services import recipes
from tests.api.operations import Json, resolved
from tests.api.recipe_calls import (
    URL,
    all_pages,
    create,
    delete,
    faults,
    patch,
    refusal,
    some,
    titles,
)
from tests.conftest import API, As
from tests.doubles import FakeClock
from tests.factories import Factories
from tests.feed_reader import FeedReader

START = "2026-03-01T12:00:00Z"
LATER = timedelta(minutes=1)


async def changes(client: httpx2.AsyncClient, since: str = START, **others: str) -> list[str]:
    """The titles that the feed tells, in its order; of a tombstone "gone"."""
    answer = await client.get(URL, params={"updated_since": since, "limit": "100"} | others)
    assert answer.status_code == 200, answer.text
    return [item.get("title", "gone") for item in answer.json()["items"]]


class TestFeed:
    async def test_begins_with_the_instant_and_goes_up(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        made = []
        for name in ("a", "b", "c"):
            made.append(await create(as_ada, title=name))
            clock.advance(LATER)
        await patch(as_ada, made[0]["id"], summary="changed")

        assert await changes(as_ada) == ["b", "c", "a"]
        assert await changes(as_ada, made[2]["updated_at"]) == ["c", "a"]
        assert await changes(as_ada, "2026-03-01T12:02:00.000001Z") == ["a"]
        assert await changes(as_ada, "2026-03-01T12:03:00.000001Z") == []

    async def test_tells_a_recipe_in_the_trash_by_its_id_and_two_instants(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        made = await create(as_ada, tags=[{"name": "Soup"}])
        clock.advance(LATER)
        await delete(as_ada, made["id"])
        at = "2026-03-01T12:01:00Z"
        tombstone = {"id": made["id"], "deleted_at": at, "updated_at": at}
        page = (await as_ada.get(URL, params={"updated_since": START})).json()
        assert page == {"items": [tombstone], "next_cursor": None}

        path = f"{API}/tags/{made['tags'][0]['id']}"
        await as_ada.patch(path, json={"name": "Soups"}, headers={"If-Match": "*"})
        page = (await as_ada.get(URL, params={"updated_since": START})).json()
        assert page["items"] == [tombstone | {"updated_at": "2026-03-01T12:01:00.000001Z"}]

        restored = (await as_ada.post(f"{URL}/{made['id']}/restore")).json()
        (told,) = (await as_ada.get(URL, params={"updated_since": START})).json()["items"]
        assert told == {name: restored[name] for name in told if name in restored} | {
            "total_time_s": None, "servings": None,
        }  # fmt: skip

    async def test_forgets_a_recipe_with_the_trash(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock, resources: Resources
    ) -> None:
        await delete(as_ada, (await create(as_ada))["id"])
        later = clock.now() + timedelta(days=31)
        async with resources.database.transaction() as session:
            await recipes.purge(session, keep_days=30, now=later)
        assert await changes(as_ada) == []

    async def test_has_every_status_so_that_archiving_is_told(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        for status in ("draft", "published", "archived"):
            await some(as_ada, status, status=status)
        assert await changes(as_ada) == ["draft", "published", "archived"]

    async def test_goes_on_page_by_page_also_within_one_instant(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        """Renaming a tag changes all its recipes at once."""
        for name in ("a", "b", "c", "d", "e"):
            await some(as_ada, name, tags=[{"name": "Soup"}])
        tag = (await as_ada.get(f"{API}/tags")).json()["items"][0]["id"]
        await as_ada.patch(f"{API}/tags/{tag}", json={"name": "Soups"}, headers={"If-Match": "*"})

        pages = await all_pages(as_ada, URL, 2, updated_since=START)

        assert [[item["title"] for item in page] for page in pages] == [
            ["a", "b"], ["c", "d"], ["e"],
        ]  # fmt: skip
        assert len({item["updated_at"] for page in pages for item in page}) == 1

    @pytest.mark.parametrize(
        "since",
        [
            "2026-03-01T12:00:00Z", "2026-03-01t12:00:00z", "2026-03-01T12:00:00.000000Z",
            "2026-03-01T12:00:00.0000009Z", "2026-03-01T14:00:00+02:00",
            "2026-03-01T03:30:00-08:30", "0001-01-01T00:00:00Z",
        ],
    )  # fmt: skip
    async def test_takes_an_instant_of_rfc_3339(
        self, as_ada: httpx2.AsyncClient, since: str
    ) -> None:
        await some(as_ada, "a")
        assert await changes(as_ada, since) == ["a"]

    @pytest.mark.parametrize(
        "since",
        [
            "", "yesterday", "2026-03-01", "2026-03-01T12:00", "2026-03-01T12:00:00", "1772366400",
            "2026-03-01T12:00:00 02:00", "2026-02-30T12:00:00Z", "2026-03-01T25:00:00Z",
            "2026-W09-7T12:00:00Z", "٢٠٢٦-03-01T12:00:00Z", "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
        ],
    )  # fmt: skip
    async def test_refuses_what_is_none(self, as_ada: httpx2.AsyncClient, since: str) -> None:
        answer = await as_ada.get(URL, params={"updated_since": since})
        assert faults(answer) == [("/updated_since", "datetime_parsing")]

    async def test_takes_no_filter_that_a_recipe_could_leave_and_no_other_order(
        self, as_ada: httpx2.AsyncClient, ada: User
    ) -> None:
        for name, value in {
            "author_id": str(ada.id), "tag": "Soup", "status": "draft", "visibility": "public",
            "max_total_time": "60", "q": "soup", "sort": "-updated_at", "ids": str(uuid4()),
        }.items():  # fmt: skip
            answer = await as_ada.get(URL, params={"updated_since": START, name: value})
            assert faults(answer) == [(f"/{name}", "not_with_updated_since")]
            assert answer.json()["errors"][0]["in"] == "query"
        await some(as_ada, "a")
        assert await changes(as_ada, sort="updated_at") == ["a"]

    async def test_may_be_of_one_household(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories
    ) -> None:
        cabin = str((await factories.household(ada)).id)
        await some(as_ada, "home")
        await delete(as_ada, (await create(as_ada, household_id=cabin))["id"])
        assert await changes(as_ada) == ["home", "gone"]
        assert await changes(as_ada, household_id=cabin) == ["gone"]
        assert await changes(as_ada, household_id=str(uuid4())) == []

    async def test_a_cursor_holds_for_the_instant_it_came_from(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        await some(as_ada, "a", "b")
        wanted = {"updated_since": START, "limit": "1"}
        cursor = (await as_ada.get(URL, params=wanted)).json()["next_cursor"]
        assert (await as_ada.get(URL, params=wanted | {"cursor": cursor})).status_code == 200
        for other in ({"limit": "1"}, wanted | {"updated_since": "2026-03-01T12:00:00.0Z"}):
            answer = await as_ada.get(URL, params=other | {"cursor": cursor})
            assert refusal(answer) == (400, "invalid-cursor")

    async def test_is_not_sent_again_unchanged(self, as_ada: httpx2.AsyncClient) -> None:
        await some(as_ada, "a")
        first = await as_ada.get(URL, params={"updated_since": START})
        known = {"If-None-Match": first.headers["ETag"]}
        again = await as_ada.get(URL, params={"updated_since": START}, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        await some(as_ada, "b")
        again = await as_ada.get(URL, params={"updated_since": START}, headers=known)
        assert again.status_code == 200

    async def test_takes_one_statement_beside_the_look_up_of_the_caller(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        for _ in range(3):
            await delete(as_ada, (await create(as_ada, tags=[{"name": "Soup"}]))["id"])
            await some(as_ada, "Cake", tags=[{"name": "Soup"}])
        statements.clear()
        assert len(await changes(as_ada)) == 6
        assert len([each for each in statements if "FROM recipe" in each]) == 1


class TestWhoIsTold:
    async def test_h01_only_what_the_caller_may_read_also_of_the_trash(
        self,
        as_ada: httpx2.AsyncClient,
        as_bob: httpx2.AsyncClient,
        as_eve: httpx2.AsyncClient,
        client: httpx2.AsyncClient,
    ) -> None:
        thrown = []
        for kind in ("private", "household", "instance", "public"):
            await some(as_ada, kind, visibility=kind)
            thrown.append((await create(as_ada, visibility=kind))["id"])
        for id in thrown:
            await delete(as_ada, id)

        kept = ["private", "household", "instance", "public"]
        assert await changes(as_ada) == kept + ["gone"] * 4
        assert await changes(as_bob) == kept[1:] + ["gone"] * 3
        assert await changes(as_eve) == kept[2:] + ["gone"] * 2
        assert await changes(client) == ["public", "gone"]

        page = (await client.get(URL, params={"updated_since": START})).json()
        assert page["items"][1].keys() == {"id", "deleted_at", "updated_at"}
        assert page["items"][1]["id"] == thrown[3]

    async def test_nobody_of_what_is_not_theirs_any_more_which_ids_show(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient
    ) -> None:
        kept, hidden = [(await create(as_ada, title=name))["id"] for name in ("kept", "hidden")]
        reader = FeedReader(as_bob)
        await reader.poll()
        await patch(as_ada, hidden, visibility="private")

        await reader.poll()

        assert reader.known.keys() == {kept, hidden}
        answer = await as_bob.get(URL, params={"ids": ",".join(reader.known)})
        assert {item["id"] for item in answer.json()["items"]} == {kept}

    async def test_a_new_member_from_the_beginning(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories, as_: As
    ) -> None:
        """Belonging to a household changes no recipe: whoever joins one starts anew."""
        await some(as_ada, "old")
        eve = await factories.user()
        reader = FeedReader(await as_(eve))
        await some(reader.client, "own")
        await reader.poll()
        assert ada.default_household_id
        await factories.membership(ada.default_household_id, eve, Role.VIEWER)

        assert await changes(reader.client, reader.since) == ["own"]
        assert await changes(reader.client, START) == ["old", "own"]


class TestIds:
    async def test_give_the_named_ones_of_every_status_but_not_the_trash(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = {
            status: (await create(as_ada, title=status, status=status))["id"]
            for status in ("draft", "published", "archived")
        }
        await some(as_ada, "other")
        gone = (await create(as_ada))["id"]
        await delete(as_ada, gone)
        wanted = [*made.values(), gone, str(uuid4())]

        assert await titles(as_ada, ids=wanted) == ["archived", "draft", "published"]
        assert await titles(as_ada, ids=",".join(wanted)) == ["archived", "draft", "published"]
        mixed = [made["draft"].upper(), f"{gone},{made['archived']}", made["draft"]]
        assert await titles(as_ada, ids=mixed, sort="-title") == ["draft", "archived"]
        assert await titles(as_ada, ids=wanted, status="draft") == ["draft"]

    async def test_fit_on_one_page_unless_a_limit_is_sent(self, as_ada: httpx2.AsyncClient) -> None:
        made = [(await create(as_ada))["id"] for _ in range(21)]
        ids = ",".join([*made, *[str(uuid4()) for _ in range(79)]])
        page = (await as_ada.get(URL, params={"ids": ids})).json()
        assert (len(page["items"]), page["next_cursor"]) == (21, None)
        assert [len(each) for each in await all_pages(as_ada, URL, 20, ids=ids)] == [20, 1]

    async def test_are_up_to_a_hundred(self, as_ada: httpx2.AsyncClient) -> None:
        many = [str(uuid4()) for _ in range(101)]
        for ids, expected in (
            (many[:100] + many[:90], [("200", "")]),
            (many, [("/ids", "too_long")]),
            ("", [("/ids/0", "uuid_parsing")]),
            (f"{many[0]},,x", [("/ids/1", "uuid_parsing"), ("/ids/2", "uuid_parsing")]),
        ):
            answer = await as_ada.get(URL, params={"ids": ids})
            found = [("200", "")] if answer.status_code == 200 else faults(answer)
            assert found == expected

    async def test_h01_leave_out_what_the_caller_may_not_see(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        kinds = ("private", "household", "instance", "public")
        ids = [(await create(as_ada, title=kind, visibility=kind))["id"] for kind in kinds]
        assert await titles(as_eve, ids=ids) == ["instance", "public"]
        assert await titles(client, ids=ids) == ["public"]


class TestDescription:
    def test_says_that_items_are_summaries_or_tombstones(self, document: Json) -> None:
        listed = document["paths"][URL]["get"]
        page = listed["responses"]["200"]["content"]["application/json"]["schema"]
        items = resolved(page, document)["properties"]["items"]["items"]["anyOf"]
        assert [each["$ref"].rpartition("/")[2] for each in items] == [
            "RecipeSummary", "RecipeTombstone",
        ]  # fmt: skip
        tombstone = resolved(items[1], document)
        members = {"id", "deleted_at", "updated_at"}
        assert tombstone["properties"].keys() == set(tombstone["required"]) == members
