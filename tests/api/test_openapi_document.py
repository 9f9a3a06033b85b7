"""What the document says besides schemas is true as well: examples, links, names, who may call."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.api.operations import Json, resolved

#: The first word of an operation's id says what it does.
VERBS = {
    "accept", "add", "cancel", "confirm", "create", "delete", "end", "get", "import", "list",
    "login", "logout", "preview", "refresh", "remove", "replace", "request", "restore", "retry",
    "revoke", "search", "set", "signup", "transfer", "update", "verify",
}  # fmt: skip
#: Bodies whose example is a file, which a text cannot show.
FILES = {"replace_cover", "get_export_file"}


def each(document: Json) -> Iterator[Json]:
    for item in document["paths"].values():
        yield from item.values()


def contents(document: Json) -> Iterator[tuple[str, Json]]:
    """Every body that is sent or answered, with its name."""
    for operation in each(document):
        bodies = {"body": operation.get("requestBody", {})} | operation["responses"]
        for name, body in bodies.items():
            for content in body.get("content", {}).values():
                yield f"{operation['operationId']} {name}", content


def at_reference(document: Json, reference: Json) -> Any:
    found: Any = document
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def faults(document: Json, schema: Json, value: Any) -> list[str]:
    whole = {**schema, "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [error.message for error in validator.iter_errors(value)]


class TestExamples:
    def test_every_body_has_one(self, document: Json) -> None:
        without = {
            name
            for name, content in contents(document)
            if not content.get("examples") and name.split()[0] not in FILES
        }
        assert without == set()

    def test_each_is_what_its_schema_says(self, document: Json) -> None:
        wrong = {
            (name, found): problems
            for name, content in contents(document)
            for found, reference in content.get("examples", {}).items()
            if (
                problems := faults(
                    document, content["schema"], at_reference(document, reference)["value"]
                )
            )
        }
        assert wrong == {}

    def test_those_of_parameters_are_what_their_schemas_say(self, document: Json) -> None:
        parameters = [
            one for operation in each(document) for one in operation.get("parameters", [])
        ]
        wrong = {
            one["name"]: problems
            for one in parameters
            if "example" in one and (problems := faults(document, one["schema"], one["example"]))
        }
        assert wrong == {}
        assert [
            one["name"] for one in parameters if one["in"] == "path" and "example" not in one
        ] == []


class TestWords:
    def test_ids_say_what_is_done(self, document: Json) -> None:
        ids = [operation["operationId"] for operation in each(document)]
        assert len(ids) == len(set(ids))
        for id in ids:
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", id)
            assert id.partition("_")[0] in VERBS

    def test_everything_is_described(self, document: Json) -> None:
        for operation in each(document):
            assert operation["description"], operation["operationId"]
            assert {tag["name"] for tag in document["tags"]} >= set(operation["tags"])
            for one in operation.get("parameters", []):
                assert one["description"], (operation["operationId"], one["name"])


class TestWhoMayCall:
    def test_an_operation_that_takes_a_token_may_refuse_it(self, document: Json) -> None:
        for operation in each(document):
            slugs = {
                slug
                for status in ("401", "403")
                for content in operation["responses"].get(status, {}).get("content", {}).values()
                for slug in content["examples"]
            }
            if operation.get("security"):
                assert {"invalid-token", "insufficient-scope"} <= slugs, operation["operationId"]
                assert ({} in operation["security"]) is ("unauthenticated" not in slugs)


class TestLinks:
    @pytest.mark.parametrize(
        ("made", "by"),
        [
            (
                "create_recipe",
                {
                    "get_recipe", "replace_recipe", "update_recipe", "delete_recipe",
                    "restore_recipe", "list_revisions", "get_revision",
                },
            ),
            ("create_tag", {"get_tag", "update_tag", "delete_tag"}),
            ("create_household", {"get_household", "update_household", "list_members"}),
            ("add_member", {"update_member", "remove_member"}),
            ("create_invitation", {"revoke_invitation"}),
            ("create_token", {"get_token", "revoke_token"}),
        ],
    )  # fmt: skip
    def test_what_was_made_leads_on(self, document: Json, made: str, by: set[str]) -> None:
        operation = next(one for one in each(document) if one["operationId"] == made)
        assert operation["responses"]["201"]["links"].keys() >= by

    def test_each_leads_to_an_operation_with_all_that_its_path_needs(self, document: Json) -> None:
        known = {operation["operationId"]: operation for operation in each(document)}
        for operation in known.values():
            for response in operation["responses"].values():
                for link in response.get("links", {}).values():
                    target = known[link["operationId"]]
                    taken = {f"{one['in']}.{one['name']}" for one in target.get("parameters", [])}
                    given = link.get("parameters", {})
                    assert given.keys() <= taken
                    assert {name for name in taken if name.startswith("path.")} <= given.keys()
                    for expression in given.values():
                        assert self.leads_somewhere(document, response, expression), expression

    def leads_somewhere(self, document: Json, response: Json, expression: str) -> bool:
        if expression.startswith("$response.header."):
            return expression.rpartition(".")[2] in response["headers"]
        if expression.startswith("$request.path."):
            return True
        (content,) = response["content"].values()
        schema = content["schema"]
        for step in expression.removeprefix("$response.body#/").split("/"):
            schema = resolved(schema, document)
            choices = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
            schema = resolved(choices[0], document) if choices else schema
            found = schema["items"] if step.isdecimal() else schema["properties"].get(step)
            if found is None:
                return False
            schema = found
        return True
