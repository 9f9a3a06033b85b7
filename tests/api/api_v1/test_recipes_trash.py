"""Deleting, the trash, and taking a recipe out of it."""

from datetime import timedelta

import httpx2

from potluck.models import User
from potluck.resources import Resources
from potluck.services import recipes
from tests.api.recipe_calls import (
    URL,
    all_pages,
    create,
    delete,
    etag,
    faults,
    patch,
    read,
    refusal,
)
from tests.conftest import As
from tests.doubles import FakeClock
from tests.factories import Factories
from tests.recipe_bodies import full_body

ANY = {"If-Match": "*"}


class TestDelete:
    async def test_answers_204_without_a_body(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada)
        answer = await as_ada.delete(
            f"{URL}/{made['id']}", headers={"If-Match": await etag(as_ada, made["id"])}
        )
        assert (answer.status_code, answer.content) == (204, b"")
        assert "Content-Type" not in answer.headers

    async def test_what_lies_in_the_trash_is_404_everywhere_else(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, visibility="public", tags=[{"name": "Soup"}])
        path = f"{URL}/{made['id']}"
        await delete(as_ada, made["id"])

        for method, tail, body in (
            ("GET", "", None), ("HEAD", "", None), ("PUT", "", {"title": "x"}),
            ("PATCH", "", {"title": "x"}), ("DELETE", "", None), ("GET", "/revisions", None),
            ("GET", "/revisions/1", None),
        ):  # fmt: skip
            answer = await as_ada.request(method, path + tail, json=body, headers=ANY)
            assert answer.status_code == 404, (method, tail)
        tag = made["tags"][0]["id"]
        for tail in ("", "/my-recipes", "?q=cake", f"?tag={tag}", "?status=published"):
            assert (await as_ada.get(URL + tail)).json() == {"items": [], "next_cursor": None}


class TestTrash:
    async def test_shows_summaries_with_the_time_left(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        made = await create(as_ada, tags=[{"name": "Soup"}], yields={"servings": "1/2"})
        listed = (await as_ada.get(URL)).json()["items"][0]
        clock.advance(timedelta(minutes=5))
        await delete(as_ada, made["id"])

        answer = await as_ada.get(f"{URL}/trash")

        assert answer.json() == {
            "items": [
                listed
                | {
                    "version": 2,
                    "updated_at": "2026-03-01T12:05:00Z",
                    "deleted_at": "2026-03-01T12:05:00Z",
                    "purge_at": "2026-03-31T12:05:00Z",
                }
            ],
            "next_cursor": None,
        }

    async def test_holds_what_the_caller_could_restore(
        self, as_: As, as_ada: httpx2.AsyncClient, ada: User, factories: Factories
    ) -> None:
        home = ada.default_household_id
        assert home
        roles = ("admin", "editor", "contributor", "viewer")
        people = {role: await as_(await factories.member(home, role)) for role in roles}
        made = {"owner": (await create(as_ada, title="owner"))["id"]}
        for role in roles[:-1]:
            made[role] = (await create(people[role], title=role, household_id=str(home)))["id"]
        for id in made.values():
            await delete(as_ada, id)

        async def titles(caller: httpx2.AsyncClient) -> set[str]:
            items = (await caller.get(f"{URL}/trash")).json()["items"]
            return {item["title"] for item in items}

        everything = {"owner", "admin", "editor", "contributor"}
        assert await titles(as_ada) == await titles(people["admin"]) == everything
        assert await titles(people["editor"]) == {"editor"}
        assert await titles(people["contributor"]) == await titles(people["viewer"]) == set()
        refused = {
            role: (await person.post(f"{URL}/{made['owner']}/restore")).status_code
            for role, person in reversed(people.items())
        }
        assert refused == {"viewer": 404, "contributor": 404, "editor": 404, "admin": 200}

    async def test_the_last_deleted_comes_first_page_by_page(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        titles = [f"Cake {n}" for n in range(5)]
        for title in titles:
            made = await create(as_ada, title=title)
            await delete(as_ada, made["id"])
            clock.advance(timedelta(minutes=1))
        pages = await all_pages(as_ada, f"{URL}/trash", 2)
        assert [[item["title"] for item in page] for page in pages] == [
            ["Cake 4", "Cake 3"], ["Cake 2", "Cake 1"], ["Cake 0"],
        ]  # fmt: skip

    async def test_takes_no_other_parameters(self, as_ada: httpx2.AsyncClient) -> None:
        assert faults(await as_ada.get(f"{URL}/trash?sort=title&limit=101")) == [
            ("/limit", "less_than_equal"), ("/sort", "extra_forbidden"),
        ]  # fmt: skip

    async def test_is_emptied_after_30_days(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock, resources: Resources
    ) -> None:
        made = await create(as_ada, tags=[{"name": "Soup"}])
        await delete(as_ada, made["id"])
        removed = []
        for days in (30, 1):
            clock.advance(timedelta(days=days))
            async with resources.database.transaction() as session:
                removed.append(await recipes.purge(session, keep_days=30, now=clock.now()))
        assert removed == [0, 1]


class TestRestore:
    async def test_gives_back_everything_it_had(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, **full_body())
        await patch(as_ada, made["id"], title="Pie")
        before = (await read(as_ada, made["id"])).json()
        await delete(as_ada, made["id"])

        answer = await as_ada.post(f"{URL}/{made['id']}/restore")

        later = {"version": 4, "updated_at": "2026-03-01T12:00:00.000003Z"}
        assert (answer.status_code, answer.json()) == (200, before | later)
        found = await read(as_ada, made["id"])
        assert (found.json(), found.headers["ETag"]) == (answer.json(), answer.headers["ETag"])
        history = (await as_ada.get(f"{URL}/{made['id']}/revisions")).json()["items"]
        assert [(each["number"], each["reason"]) for each in history] == [
            (2, "edit"), (1, "create"),
        ]  # fmt: skip
        assert (await as_ada.get(f"{URL}/trash")).json()["items"] == []

    async def test_what_is_not_in_the_trash_is_409_for_who_could_and_403_for_who_could_not(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        path = f"{URL}/{(await create(as_ada, visibility='public'))['id']}/restore"
        assert refusal(await as_ada.post(path)) == (409, "not-in-trash")
        assert refusal(await as_eve.post(path)) == (403, "forbidden")
        assert refusal(await client.post(path)) == (401, "unauthenticated")

    async def test_in_the_trash_it_is_404_for_the_others(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, visibility="public")
        await delete(as_ada, made["id"])
        answer = await as_eve.post(f"{URL}/{made['id']}/restore")
        assert refusal(answer) == (404, "not-found")

    async def test_a_tag_deleted_meanwhile_stays_away(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, tags=[{"name": "Soup"}, {"name": "Quick"}])
        await delete(as_ada, made["id"])
        await as_ada.delete(f"/api/v1/tags/{made['tags'][0]['id']}", headers=ANY)
        answer = await as_ada.post(f"{URL}/{made['id']}/restore")
        assert answer.json()["tags"] == made["tags"][1:]
