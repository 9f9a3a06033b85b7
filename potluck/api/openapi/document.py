"""Completes a document: what every operation may answer, headers, examples, links, who may call."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from potluck.api import header_openapi, idempotency_openapi, problem_openapi
from potluck.api.openapi.links import LINKS
from potluck.api.problem_openapi import MEDIA_TYPE

Json = dict[str, Any]

DESCRIPTION = """\
JSON in UTF-8 with names in `snake_case`. Every refusal is a problem document (RFC 9457) whose
`type` is the address of a page about it, and every answer carries `X-Request-ID`,
`X-Process-Time` and `Server-Timing`.

- **Lists** come in pages: `limit` and `cursor`, then `next_cursor` until it is null. A cursor
  belongs to its list and its parameters.
- **Reads** that carry an `ETag` answer 304 to `If-None-Match` while nothing changed. `HEAD`
  answers what `GET` does, without the body.
- **Changes** of what several people edit need `If-Match` with the `ETag` that was read: without
  it they are refused with 428, after somebody else's change with 412.
- **Deprecation** is told on every answer below a prefix that will go away: `Deprecation`
  (RFC 9745), `Sunset` (RFC 8594) and a `Link` with `rel="deprecation"`.
"""
TAGS = [
    {"name": "auth", "description": "Accounts, signing in and out, tokens for scripts."},
    {"name": "households", "description": "Who owns recipes together, and in which role."},
    {"name": "jobs", "description": "Work that nobody waits for, and how far it is."},
    {"name": "tags", "description": "A household's names for groups of recipes."},
    {"name": "recipes", "description": "Recipes: lists, search, changes, trash, history, import."},
    {
        "name": "admin",
        "description": "For who looks after the instance; gives no right to content.",
    },
    {"name": "health", "description": "Liveness, readiness and public keys."},
]
#: What single kinds of refusal say besides.
FURTHER_MEMBERS: Json = {
    "checks": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "`not-ready`: how each check went.",
    },
    "etag": {"type": "string", "description": "`stale`: the ETag of what is there now."},
    "needs": {
        "type": "array",
        "items": {"type": "string"},
        "description": "`insufficient-scope`: scopes that the token lacks.",
    },
    "next_step": {"type": "string", "description": "Of an import: what to try next."},
    "recipe_id": {
        "type": "string",
        "format": "uuid",
        "description": "`already-imported`: the recipe that is there.",
    },
    "household_ids": {
        "type": "array",
        "items": {"type": "string", "format": "uuid"},
        "description": "`last-owner`: the households that need another owner.",
    },
    "recipe_url": {
        "type": "string",
        "format": "uri-reference",
        "description": "`already-imported`: its address in the API.",
    },
    "tag_id": {
        "type": "string",
        "format": "uuid",
        "description": "`tag-exists`: the tag that is there.",
    },
}
_IF_NONE_MATCH: Json = {
    "name": "if-none-match",
    "in": "header",
    "required": False,
    "description": "ETags of states that the caller has; 304 when this is one of them.",
    "schema": {"type": "string", "title": "If-None-Match"},
}
_FOLDER = Path(__file__).parent


def complete(document: Json, number: int = 1) -> Json:
    """The document of version `number` with what FastAPI cannot know; changes it in place, once."""
    problem_openapi.complete(idempotency_openapi.complete(document))
    components = document["components"]
    problem = components["schemas"]["Problem"]
    problem["properties"] = problem["properties"] | FURTHER_MEMBERS
    components["headers"] = dict(header_openapi.COMPONENTS)
    samples = _samples(number)
    components["examples"] = {}
    for operation in _operations(document):
        _tell_whom_it_lets_in(operation)
        _add_if_none_match(operation)
        _link(operation, document)
        _show(operation, samples, components["examples"])
    components["examples"] = dict(sorted(components["examples"].items()))
    return document


def _samples(number: int) -> Json:
    """Values by name of schema and of parameter; those of a version's own file win."""
    found: Json = json.loads((_FOLDER / "examples.json").read_text("utf-8"))
    own = _FOLDER / f"examples_v{number}.json"
    if own.is_file():
        for kind, values in json.loads(own.read_text("utf-8")).items():
            found[kind] |= values
    return found


def _operations(document: Json) -> Iterator[Json]:
    for item in document["paths"].values():
        yield from item.values()


def _tell_whom_it_lets_in(operation: Json) -> None:
    """Where a token may be left out, one of the alternatives is none (OpenAPI 3.1, 4.8.10)."""
    refusals = operation["responses"].get("401", {}).get("content", {}).get(MEDIA_TYPE, {})
    alternatives = operation.get("security", [])
    if alternatives and "unauthenticated" not in refusals.get("examples", {}):
        scoped = [each for each in alternatives if any(each.values())]
        operation["security"] = [{}, *scoped] if scoped else []


def _add_if_none_match(operation: Json) -> None:
    if "304" in operation["responses"]:
        operation.setdefault("parameters", []).append(dict(_IF_NONE_MATCH))


def _show(operation: Json, samples: Json, shown: Json) -> None:
    """An example beside every body and parameter; those of bodies stand once, in `shown`."""
    parameters = operation.get("parameters", [])
    for index, each in enumerate(parameters):
        if (name := each["name"].lower()) in samples["parameters"]:
            parameters[index] = {**each, "example": samples["parameters"][name]}
    for body in (operation.get("requestBody", {}), *operation["responses"].values()):
        for content in body.get("content", {}).values():
            examples = content.get("examples", {})
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            if name in samples["bodies"]:
                examples = {name: {"value": samples["bodies"][name]}}
            shown |= examples
            if examples:
                content["examples"] = {
                    name: {"$ref": f"#/components/examples/{name}"} for name in examples
                }


def _link(operation: Json, document: Json) -> None:
    """Where to go on from what an operation answered (OpenAPI 3.1, 4.8.20)."""
    present = {each["operationId"] for each in _operations(document)}
    for status, links in LINKS.get(operation["operationId"], {}).items():
        operation["responses"][status]["links"] = {
            link["operationId"]: link for link in links if link["operationId"] in present
        }
