"""`PUT /recipes/{recipe_id}`, and the preconditions of every change."""

import copy
from typing import Any

import httpx2
import pytest

from potluck.models import User
from tests.api.recipe_calls import (
    READ_ONLY,
    URL,
    Json,
    create,
    etag,
    faults,
    line,
    read,
    refusal,
    writable,
)
from tests.conftest import API
from tests.recipe_bodies import full_body

ANY = {"If-Match": "*"}


async def put(client: httpx2.AsyncClient, id: str, body: Json) -> httpx2.Response:
    return await client.put(f"{URL}/{id}", json=body, headers=ANY)


class TestReplace:
    async def test_what_is_left_out_takes_its_default_but_status_and_visibility_stay(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, **full_body() | {"language": "fr"})
        plain = await create(as_ada, title="Pie")

        answer = await put(as_ada, made["id"], {"title": "Pie"})

        assert answer.status_code == 200
        own = {name: made[name] for name in ("id", "created_at", "status", "visibility")}
        changed = {"version": 2, "revision": 2, "updated_at": "2026-03-01T12:00:00.000002Z"}
        assert answer.json() == plain | own | changed
        assert answer.json()["status"] == "draft"
        assert (await read(as_ada, made["id"])).json() == answer.json()
        assert answer.headers["ETag"] == await etag(as_ada, made["id"])

    async def test_the_language_left_out_is_the_households(
        self, as_ada: httpx2.AsyncClient, ada: User
    ) -> None:
        made = await create(as_ada, language="fr")
        path = f"{API}/households/{ada.default_household_id}"
        await as_ada.patch(path, json={"locale": "de"}, headers=ANY)
        assert (await put(as_ada, made["id"], {"title": "Pie"})).json()["language"] == "de"

    async def test_the_answer_may_be_sent_back_and_changes_nothing(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, **full_body())
        before = await etag(as_ada, made["id"])

        answer = await put(as_ada, made["id"], writable(made))

        assert (answer.status_code, answer.json()) == (200, made)
        assert answer.headers["ETag"] == before
        history = await as_ada.get(f"{URL}/{made['id']}/revisions")
        assert [each["number"] for each in history.json()["items"]] == [1]

    async def test_an_id_that_is_there_keeps_its_identity(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, **line(food_text="flour"))
        body = copy.deepcopy(writable(made))
        group = body["ingredient_groups"][0]
        group["lines"].insert(0, {"food_text": "salt"})
        group["lines"][1]["note"] = "sifted"

        lines = (await put(as_ada, made["id"], body)).json()["ingredient_groups"][0]["lines"]

        assert lines[1]["id"] == made["ingredient_groups"][0]["lines"][0]["id"]
        assert (lines[1]["original_text"], lines[1]["note"]) == ("flour", "sifted")
        assert lines[0]["id"] != lines[1]["id"]

    async def test_the_title_is_required_and_nothing_read_only_is_taken(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada)
        assert faults(await put(as_ada, made["id"], {})) == [("/title", "missing")]
        assert faults(await put(as_ada, made["id"], made)) == [
            (f"/{name}", "extra_forbidden") for name in sorted(READ_ONLY)
        ]
        assert faults(await put(as_ada, made["id"], {"title": "x", "status": None})) == [
            ("/status", "null_not_allowed")
        ]
        assert (await read(as_ada, made["id"])).json() == made


class TestPreconditions:
    @pytest.mark.parametrize(
        ("method", "body"),
        [("PUT", {"title": "Pie"}), ("PATCH", {"title": "Pie"}), ("DELETE", None)],
    )
    async def test_a_change_needs_the_etag_that_was_read(
        self, as_ada: httpx2.AsyncClient, method: str, body: Json | None
    ) -> None:
        made = await create(as_ada)
        path, current = f"{URL}/{made['id']}", await etag(as_ada, made["id"])

        async def change(*if_match: str) -> httpx2.Response:
            headers = [("If-Match", value) for value in if_match]
            options: dict[str, Any] = {} if body is None else {"json": body}
            return await as_ada.request(method, path, headers=headers, **options)

        assert refusal(await change()) == (428, "precondition-required")
        for other in ('"other"', f"W/{current}", current.strip('"'), "", current[:-1]):
            answer = await change(other)
            assert refusal(answer) == (412, "stale"), other
            assert answer.json()["etag"] == current
        assert (await read(as_ada, made["id"])).json() == made

        answer = await change(f'"other", {current}')

        assert answer.status_code == (204 if method == "DELETE" else 200)

    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    async def test_several_header_lines_are_one_list(
        self, as_ada: httpx2.AsyncClient, method: str
    ) -> None:
        made = await create(as_ada)
        current = await etag(as_ada, made["id"])
        for pair in (('"other"', current), ('"other"', '"x"')):
            answer = await as_ada.request(
                method,
                f"{URL}/{made['id']}",
                json={"title": "Cake"},
                headers=[("If-Match", value) for value in pair],
            )
            assert answer.status_code == (200 if current in pair else 412)

    async def test_the_old_etag_is_stale_after_a_change(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada)
        first = await etag(as_ada, made["id"])
        path = f"{URL}/{made['id']}"
        answer = await as_ada.patch(path, json={"title": "Pie"}, headers={"If-Match": first})
        second = answer.headers["ETag"]
        assert second != first
        answer = await as_ada.patch(path, json={"title": "Tart"}, headers={"If-Match": first})
        assert refusal(answer) == (412, "stale")
        assert answer.json()["etag"] == second
        answer = await as_ada.patch(path, json={"title": "Tart"}, headers={"If-Match": second})
        assert (answer.status_code, answer.json()["title"]) == (200, "Tart")

    async def test_an_asterisk_does_not_make_a_recipe(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await put(as_ada, "0195514d-4a00-7c5e-9b1c-000000000000", {"title": "Pie"})
        assert refusal(answer) == (404, "not-found")
