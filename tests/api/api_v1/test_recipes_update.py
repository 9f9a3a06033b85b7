"""`PATCH /recipes/{recipe_id}`: the members sent, each replaced whole."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx2

from tests.api.recipe_calls import (
    READ_ONLY,
    URL,
    Json,
    create,
    etag,
    faults,
    patch,
    read,
    writable,
)
from tests.conftest import gather
from tests.doubles import FakeClock
from tests.recipe_bodies import BAKING, EGGS, FLOUR, full_body

ANY = {"If-Match": "*"}


class TestMembers:
    async def test_each_one_sent_replaces_the_old_value_whole(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, **full_body())
        no_times = {"prep": None, "cook": None, "rest": None, "total": None}
        changes: list[tuple[str, Any, Any]] = [
            ("title", "Pie", "Pie"),
            ("summary", None, None),
            ("language", "de", "de"),
            ("status", "archived", "archived"),
            ("visibility", "public", "public"),
            ("tags", [], []),
            ("times", {}, no_times),
            (
                "times",
                {"total": {"min_s": 60}},
                no_times | {"total": {"min_s": 60, "max_s": 60, "original_text": None}},
            ),
            (
                "yields",
                {"noun": "loaf"},
                {"servings": None, "amount": None, "noun": "loaf", "original_text": None},
            ),
            ("image_url", None, None),
            ("equipment", ["bowl"], ["bowl"]),
            ("nutrition", None, None),
            ("notes", [], []),
            ("sections", [], []),
            ("ingredient_groups", [], []),
        ]
        expected = made
        for name, sent, answered in changes:
            changed = await patch(as_ada, made["id"], **{name: sent})
            expected = expected | {
                name: answered, "version": changed["version"], "revision": changed["revision"],
                "slug": changed["slug"], "updated_at": changed["updated_at"],
            }  # fmt: skip
            assert changed == expected, name
        assert (expected["slug"], expected["revision"]) == ("pie", len(changes) + 1)

        changed = await patch(as_ada, made["id"], source={"site": "e.org"})
        assert changed["source"] == {
            "url_original": None,
            "url_canonical": None,
            "site": "e.org",
            "author": None,
            "licence_note": None,
        }
        assert (await read(as_ada, made["id"])).json() == changed

    async def test_null_only_where_it_may_stand(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, **full_body())
        may_be_null = {"summary", "image_url", "nutrition"}
        for name in writable(made):
            answer = await as_ada.patch(f"{URL}/{made['id']}", json={name: None}, headers=ANY)
            if name in may_be_null:
                assert (answer.status_code, answer.json()[name]) == (200, None)
            else:
                assert [pointer for pointer, _ in faults(answer)] == [f"/{name}"]

    async def test_at_least_one_and_none_that_is_read_only(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada)
        path = f"{URL}/{made['id']}"
        assert faults(await as_ada.patch(path, json={}, headers=ANY)) == [("", "nothing_to_change")]
        for name in READ_ONLY:
            answer = await as_ada.patch(path, json={name: made[name], "title": "x"}, headers=ANY)
            assert faults(answer) == [(f"/{name}", "extra_forbidden")]

    async def test_what_stays_still_counts(self, as_ada: httpx2.AsyncClient) -> None:
        """A step that stays names lines that must stay, too."""
        made = await create(as_ada, **full_body())
        path = f"{URL}/{made['id']}"

        async def refused(body: Json) -> list[tuple[str, str]]:
            return faults(await as_ada.patch(path, json=body, headers=ANY))

        assert await refused({"ingredient_groups": []}) == [("/ingredient_groups", "unknown_line")]
        text = f"{{{{line:{FLOUR}}}}} {{{{timer:{BAKING}}}}}"
        assert await refused({"sections": [{"steps": [{"text": text}]}]}) == [
            ("/sections/0/steps/0/text", "unknown_timer")
        ]
        assert await refused({"notes": [{"id": EGGS, "text": "x"}]}) == [
            ("/notes/0/id", "id_not_unique")
        ]
        assert (await read(as_ada, made["id"])).json() == made

        both: Json = {"ingredient_groups": [], "sections": []}
        assert (await patch(as_ada, made["id"], **both))["sections"] == []

    async def test_a_refused_change_leaves_no_tags_behind(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada)
        body = {"tags": [{"name": "New"}, {"id": str(uuid4())}]}
        answer = await as_ada.patch(f"{URL}/{made['id']}", json=body, headers=ANY)
        assert faults(answer) == [("/tags/1/id", "no_such_tag")]
        assert (await as_ada.get("/api/v1/tags")).json()["items"] == []


class TestNothingChanged:
    async def test_it_answers_200_with_the_old_etag_and_makes_no_revision(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        made = await create(as_ada, **full_body())
        before = await etag(as_ada, made["id"])
        clock.advance(timedelta(minutes=5))
        for name, value in writable(made).items():
            answer = await as_ada.patch(f"{URL}/{made['id']}", json={name: value}, headers=ANY)
            assert (answer.status_code, answer.json()) == (200, made), name
            assert answer.headers["ETag"] == before
        by_name = {"tags": [{"name": "DESSERT", "kind": "course"}]}
        assert await patch(as_ada, made["id"], **by_name) == made
        history = await as_ada.get(f"{URL}/{made['id']}/revisions")
        assert len(history.json()["items"]) == 1


class TestSave:
    async def test_counts_version_and_revision_and_moves_the_time(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        made = await create(as_ada)
        clock.advance(timedelta(minutes=5))
        changed = await patch(as_bob, made["id"], title="Pie")
        assert changed == made | {
            "title": "Pie", "slug": "pie", "version": 2, "revision": 2,
            "updated_at": "2026-03-01T12:05:00Z",
        }  # fmt: skip

    async def test_order_is_the_order_of_the_arrays(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(
            as_ada, tags=[{"name": "b"}, {"name": "a"}], notes=[{"text": "2"}, {"text": "1"}]
        )
        turned = {name: made[name][::-1] for name in ("tags", "notes")}
        assert await patch(as_ada, made["id"], **turned) == made | turned | {
            "version": 2, "revision": 2, "updated_at": "2026-03-01T12:00:00.000001Z",
        }  # fmt: skip
        listed = (await as_ada.get(URL)).json()["items"][0]
        assert listed["tags"] == turned["tags"]

    async def test_m03_of_20_parallel_changes_with_one_etag_one_succeeds(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada)
        known = {"If-Match": await etag(as_ada, made["id"])}

        async def change(title: str) -> httpx2.Response:
            return await as_ada.patch(f"{URL}/{made['id']}", json={"title": title}, headers=known)

        answers = await gather(*[partial(change, f"Cake {n}") for n in range(20)])

        assert Counter(each.status_code for each in answers) == {200: 1, 412: 19}
        winner = next(each.json() for each in answers if each.status_code == 200)
        found = await read(as_ada, made["id"])
        assert (found.json(), found.json()["version"]) == (winner, 2)
        stale = {each.json()["etag"] for each in answers if each.status_code == 412}
        assert stale == {found.headers["ETag"]}
        history = await as_ada.get(f"{URL}/{made['id']}/revisions")
        assert [each["number"] for each in history.json()["items"]] == [2, 1]
