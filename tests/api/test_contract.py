"""The app says of itself exactly what the contract says, and the other way round."""

from typing import Any

import httpx2
import pytest

from potluck.api.problem_openapi import kinds
from potluck.core.config import Settings
from potluck.schemas.recipe import RecipeWrite
from tests.api import contract
from tests.api.operations import resolved
from tests.conftest import API

Json = dict[str, Any]
EXPECTED = {
    f"{method} {API}{path}": found
    for (method, path), found in (
        (key.split(" "), found) for key, found in contract.OPERATIONS.items()
    )
} | contract.UNVERSIONED


def operation(document: Json, key: str) -> Json:
    """An operation by its method and its path below the prefix."""
    method, path = key.split(" ")
    paths = document["paths"]
    found: Json = paths.get(API + path, paths.get(path))[method.lower()]
    return found


def answered(document: Json, key: str) -> Json:
    responses = operation(document, key)["responses"]
    success = next(found for status, found in responses.items() if status.startswith("2"))
    schema: Json = success["content"]["application/json"]["schema"]
    return schema


def sent(document: Json, key: str, media_type: str = "application/json") -> Json:
    schema: Json = operation(document, key)["requestBody"]["content"][media_type]["schema"]
    return resolved(schema, document)


def at(document: Json, schema: Json, way: str) -> Json:
    """The schema that lies that way below another; null beside it does not count."""
    for step in ["", *filter(None, way.split("/"))]:
        if step:
            schema = schema["items"] if step == "*" else schema["properties"][step]
        schema = resolved(schema, document)
        choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
        schema = resolved(choices[0], document) if choices else schema
    return schema


def test_operations_their_success_and_their_parameters(document: Json) -> None:
    found = {
        f"{method.upper()} {path}": (
            {int(status) for status in each["responses"] if status.startswith("2")},
            {one["name"] for one in each.get("parameters", []) if one["in"] == "query"},
        )
        for path, item in document["paths"].items()
        for method, each in item.items()
    }
    assert found == EXPECTED


def test_changes_that_need_if_match(document: Json) -> None:
    found = {
        f"{method.upper()} {path.removeprefix(API)}"
        for path, item in document["paths"].items()
        for method, each in item.items()
        if any(one["name"].lower() == "if-match" for one in each.get("parameters", []))
    }
    assert found == contract.CONDITIONAL | contract.MAY_BE_CONDITIONAL
    for key in found:
        refusals = {"412"} if key in contract.MAY_BE_CONDITIONAL else {"412", "428"}
        assert refusals == {"412", "428"} & operation(document, key)["responses"].keys()


@pytest.mark.parametrize("key", contract.ANSWERED)
def test_members_that_are_answered_are_these_and_always_there(document: Json, key: str) -> None:
    for way, members in contract.ANSWERED[key].items():
        schema = at(document, answered(document, key), way)
        assert schema["properties"].keys() == members, way
        assert set(schema["required"]) == members, way


@pytest.mark.parametrize(
    ("key", "like"),
    [
        ("POST /auth/signup", "GET /auth/me"), ("POST /auth/setup", "GET /auth/me"),
        ("PATCH /auth/me", "GET /auth/me"),
        ("PATCH /admin/users/{user_id}", "GET /admin/users/{user_id}"),
        ("POST /households", "GET /households/{household_id}"),
        ("PATCH /households/{household_id}", "GET /households/{household_id}"),
        ("POST /tags", "GET /tags/{tag_id}"), ("PATCH /tags/{tag_id}", "GET /tags/{tag_id}"),
        ("POST /recipes", "GET /recipes/{recipe_id}"),
        ("PUT /recipes/{recipe_id}", "GET /recipes/{recipe_id}"),
        ("PATCH /recipes/{recipe_id}", "GET /recipes/{recipe_id}"),
        ("POST /recipes/{recipe_id}/restore", "GET /recipes/{recipe_id}"),
        ("PUT /recipes/{recipe_id}/cover", "GET /recipes/{recipe_id}"),
    ],
)  # fmt: skip
def test_changes_answer_what_reads_answer(document: Json, key: str, like: str) -> None:
    assert answered(document, key) == answered(document, like)


@pytest.mark.parametrize("key", contract.SENT)
def test_members_that_are_taken(document: Json, key: str) -> None:
    required, optional = contract.SENT[key]
    schema = sent(document, key)
    assert schema["properties"].keys() == required | optional
    assert set(schema.get("required", [])) == required
    assert schema["additionalProperties"] is False


def test_every_body_is_in_the_table(document: Json) -> None:
    found = {
        f"{method.upper()} {path.removeprefix(API)}"
        for path, item in document["paths"].items()
        for method, each in item.items()
        if "requestBody" in each
    }
    cover = "PUT /recipes/{recipe_id}/cover"
    assert found == contract.SENT.keys() | {"POST /auth/login", cover}
    form = sent(document, "POST /auth/login", "application/x-www-form-urlencoded")
    assert form["properties"].keys() >= contract.LOGIN_FORM
    required, optional = contract.COVER_FORM
    form = sent(document, cover, "multipart/form-data")
    assert form["properties"].keys() == required | optional
    assert set(form["required"]) == required


def test_a_recipe_may_be_written_with_all_its_parts() -> None:
    """The ways of the answered parts lead through the writable members, too."""
    assert (
        set(RecipeWrite.model_fields)
        == contract.ANSWERED["GET /recipes/{recipe_id}/revisions/{number}"]["recipe"]
    )


@pytest.mark.parametrize("key", contract.WORDS)
def test_words_that_members_choose_from(document: Json, key: str) -> None:
    for way, words in contract.WORDS[key].items():
        assert set(at(document, answered(document, key), way)["enum"]) == words, way


def test_orders_of_lists(document: Json) -> None:
    for key in ("GET /recipes", "GET /recipes/my-recipes"):
        parameters = operation(document, key)["parameters"]
        sort = next(one for one in parameters if one["name"] == "sort")
        assert set(at(document, sort["schema"], "")["enum"]) == contract.SORTS
        assert sort["schema"]["default"] == "-created_at"


def test_slugs_and_their_statuses(document: Json) -> None:
    assert {slug: kind.status for slug, kind in kinds().items()} == contract.SLUGS
    named = slugs_of_operations(document)
    assert named == contract.SLUGS.keys() - contract.OF_NO_OPERATION


def slugs_of_operations(document: Json) -> set[str]:
    found: set[str] = set()
    for item in document["paths"].values():
        for each in item.values():
            for response in each["responses"].values():
                content = response.get("content", {}).get("application/problem+json", {})
                found |= content.get("examples", {}).keys()
    return found


def test_names_of_settings() -> None:
    known = set()
    for name, field in Settings.model_fields.items():
        inner = getattr(field.annotation, "model_fields", {})
        known |= {f"POTLUCK_{name}__{each}".upper() for each in inner}
        known |= set() if inner else {f"POTLUCK_{name}".upper()}
    assert contract.SETTINGS - known == set()


class TestEveryAnswer:
    async def test_carries_its_id_and_its_times(self, as_ada: httpx2.AsyncClient) -> None:
        for path in ("/recipes", "/recipes/1", "/nowhere", "/openapi.json", "/auth/me"):
            answer = await as_ada.get(API + path, headers={"X-Request-ID": "mine.1"})
            assert answer.headers["X-Request-ID"] == "mine.1"
            seconds = float(answer.headers["X-Process-Time"])
            assert seconds >= 0
            assert answer.headers["Server-Timing"].startswith("app;dur=")

    async def test_numbers_are_never_floats(self, document: Json) -> None:
        assert floats(document["components"]["schemas"]) == []


def floats(node: Any, way: str = "") -> list[str]:
    """Where a schema has a number that is no integer."""
    if isinstance(node, dict):
        own = [way] if node.get("type") == "number" else []
        return own + [found for name, one in node.items() for found in floats(one, f"{way}/{name}")]
    if isinstance(node, list):
        return [found for one in node for found in floats(one, way)]
    return []
