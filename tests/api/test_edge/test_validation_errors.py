"""`errors` of a 422: real members, codes for programs, sentences for people, no input."""

import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.api.validation_errors import as_members, pointer

CANARY = "zanzibar-4711"


async def errors_of(client: httpx2.AsyncClient, body: Any) -> list[dict[str, str]]:
    # ASCII with escapes: a lone surrogate cannot be sent otherwise.
    sent = json.dumps(body)
    answer = await client.post(
        "/api/things", content=sent, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    found: list[dict[str, str]] = answer.json()["errors"]
    return found


async def places(client: httpx2.AsyncClient, body: Any) -> set[tuple[str, str]]:
    return {(error["pointer"], error["code"]) for error in await errors_of(client, body)}


class TestBody:
    async def test_a_missing_member_is_pointed_at(self, client: httpx2.AsyncClient) -> None:
        assert await errors_of(client, {}) == [
            {
                "in": "body",
                "pointer": "/title",
                "code": "missing",
                "detail": "This member is required.",
            }
        ]

    async def test_an_unknown_member_is_pointed_at(self, client: httpx2.AsyncClient) -> None:
        found = await places(client, {"title": "a", "titel": 1})
        assert found == {("/titel", "extra_forbidden")}

    async def test_no_body_points_at_the_whole_document(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post("/api/things")
        assert answer.json()["errors"][0]["pointer"] == ""

    @pytest.mark.parametrize("body", [[], "text", 3, None])
    async def test_something_else_than_an_object_is_the_whole_document(
        self, client: httpx2.AsyncClient, body: Any
    ) -> None:
        assert {place for place, _ in await places(client, body)} == {""}

    async def test_every_broken_member_is_named(self, client: httpx2.AsyncClient) -> None:
        found = await places(client, {"title": "", "count": "many", "notes": {"a": "x"}})
        assert found == {
            ("/title", "string_too_short"),
            ("/count", "int_parsing"),
            ("/notes/a", "int_parsing"),
        }

    async def test_names_in_pointers_are_escaped(self, client: httpx2.AsyncClient) -> None:
        found = await places(client, {"title": "a", "notes": {"a/b~c": "x"}})
        assert found == {("/notes/a~1b~0c", "int_parsing")}

    async def test_the_models_of_a_union_are_no_members(self, client: httpx2.AsyncClient) -> None:
        found = await places(client, {"title": "a", "tags": [{"id": str(uuid4())}, {"id": 5}]})
        assert {place for place, _ in found} == {"/tags/1/id", "/tags/1/name"}

    async def test_an_item_that_fits_no_model_is_pointed_at_itself(
        self, client: httpx2.AsyncClient
    ) -> None:
        assert await places(client, {"title": "a", "tags": [7]}) == {
            ("/tags/0", "model_attributes_type")
        }

    async def test_the_tag_of_a_union_is_no_member_even_when_it_is_called_like_one(
        self, client: httpx2.AsyncClient
    ) -> None:
        found = await places(client, {"title": "a", "text": {"kind": "short", "short": 5}})
        assert found == {("/text/short", "string_type")}
        text = {"kind": "short", "short": "a", "size": "x"}
        found = await places(client, {"title": "a", "text": text})
        assert found == {("/text/size", "int_parsing")}
        found = await places(client, {"title": "a", "text": {"kind": "long"}})
        assert found == {("/text/long", "missing")}

    async def test_our_own_codes_come_with_our_own_sentences(
        self, client: httpx2.AsyncClient
    ) -> None:
        found = await errors_of(client, {"title": "a", "exact": "1.5"})
        assert found[0]["code"] == "not_exact"
        assert found[0]["detail"] == "Send the number as a string."

    async def test_bounds_are_said(self, client: httpx2.AsyncClient) -> None:
        assert (await errors_of(client, {"title": "a" * 21}))[0]["detail"] == (
            "Use at most 20 characters."
        )
        assert (await errors_of(client, {"title": ""}))[0]["detail"] == "Must not be empty."

    async def test_at_most_a_hundred_are_named(self, client: httpx2.AsyncClient) -> None:
        found = await errors_of(client, {"title": "a", "tags": [7 for _ in range(500)]})
        assert len(found) == 100

    async def test_the_detail_counts_them(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post("/api/things", json={"title": "", "count": "x"})
        assert answer.json()["detail"] == "2 members need attention."


class TestOtherPlaces:
    async def test_query(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/api/things?limit=0")
        assert answer.json()["errors"] == [
            {
                "in": "query",
                "pointer": "/limit",
                "code": "greater_than_equal",
                "detail": "Must be at least 1.",
            }
        ]

    async def test_path(self, client: httpx2.AsyncClient) -> None:
        error = (await client.get("/api/things/item/7")).json()["errors"][0]
        assert (error["in"], error["pointer"]) == ("path", "/thing_id")
        assert error["detail"] == "Send an id (a UUID as text)."

    async def test_header(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get(f"/api/things/item/{uuid4()}", headers={"If-Match": "x"})
        error = answer.json()["errors"][0]
        assert (error["in"], error["pointer"]) == ("header", "/if-match")

    async def test_form(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post("/api/things/login", data={"age": "old"})
        found = {(error["in"], error["pointer"]) for error in answer.json()["errors"]}
        assert found == {("form", "/username"), ("form", "/age")}

    async def test_a_form_operation_without_a_body_is_form_too(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.post("/api/things/login")
        assert answer.json()["errors"][0]["in"] == "form"


class TestSecrecy:
    @pytest.mark.parametrize(
        "body",
        [
            {"title": CANARY * 3},
            {"title": "a", "count": CANARY},
            {"title": "a", "tags": [CANARY, {"id": CANARY}]},
            {"title": "a", "text": {"kind": CANARY}},
            {"title": "a", "text": CANARY},
            {"title": "a", "unsafe": CANARY},
            {"title": {"deep": CANARY}},
            CANARY,
        ],
    )
    async def test_m01_nothing_that_was_sent_comes_back(
        self, client: httpx2.AsyncClient, body: Any
    ) -> None:
        answer = await client.post("/api/things", json=body)
        assert answer.status_code == 422
        assert "zanzibar" not in answer.text

    @pytest.mark.parametrize(
        "path", [f"?limit={CANARY}", f"?tag=a&tag={CANARY}&limit=0", f"/item/{CANARY}"]
    )
    async def test_m01_nor_from_the_address_into_errors(
        self, client: httpx2.AsyncClient, path: str
    ) -> None:
        answer = await client.get(f"/api/things{path}")
        assert "zanzibar" not in str(answer.json()["errors"])

    @pytest.mark.parametrize("name", ["x" * 65, "a\nb", "\u202e", "\x1b[31m"])
    async def test_an_unknown_name_that_is_long_or_unprintable_is_not_repeated(
        self, client: httpx2.AsyncClient, name: str
    ) -> None:
        assert await places(client, {"title": "a", name: 1}) == {("", "extra_forbidden")}

    async def test_a_lone_surrogate_in_a_pointer_does_not_break_the_answer(
        self, client: httpx2.AsyncClient
    ) -> None:
        found = await errors_of(client, {"title": "a", "notes": {"\ud800": "x"}})
        assert (found[0]["pointer"], found[0]["code"]) == ("/notes", "int_parsing")
        assert await places(client, {"title": "a", "\ud800": 1}) == {("", "string_unicode")}

    async def test_model_names_stay_inside(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post("/api/things", json={"title": "a", "tags": [1, {"x": 1}]})
        assert "TagBy" not in answer.text


class TestPointer:
    @given(st.lists(st.text() | st.integers(min_value=0)))
    def test_reads_back_by_rfc_6901(self, parts: list[str | int]) -> None:
        read = [
            part.replace("~1", "/").replace("~0", "~") for part in pointer(parts).split("/")[1:]
        ]
        assert read == [str(part) for part in parts]

    @given(st.recursive(st.integers(), lambda inner: st.dictionaries(st.text(), inner)), st.data())
    def test_an_existing_location_is_kept_whatever_tags_are_mixed_in(
        self, body: Any, data: st.DataObject
    ) -> None:
        location: list[str] = []
        loc: list[str] = ["body"]
        node = body
        while isinstance(node, dict) and node:
            name = data.draw(st.sampled_from(sorted(node)))
            loc += [*data.draw(st.lists(st.just("function-after[check(), Model]"))), name]
            location.append(name)
            node = node[name]
        found = as_members([{"type": "int_type", "loc": loc, "msg": ""}], body)
        assert found[0]["pointer"] == pointer(location)
