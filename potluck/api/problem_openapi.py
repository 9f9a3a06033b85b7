"""Problem documents in OpenAPI: `responses=problems("not-found", "stale")` for an operation."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from potluck.api.header_openapi import headers
from potluck.core import errors
from potluck.core.errors import AppError

MEDIA_TYPE = "application/problem+json"
_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
#: What answers of operations with a limit carry.
_RATE_LIMIT = headers("RateLimit", "RateLimit-Policy")
_HEADERS = {
    401: headers("WWW-Authenticate"),
    405: headers("Allow"),
    429: headers("Retry-After") | _RATE_LIMIT,
    503: headers("Retry-After"),
    507: headers("Retry-After"),
}
#: What an operation may answer to who is not signed in, or not with the scope it names.
MAY_BE_LEAVING = ("unauthenticated", "invalid-token", "insufficient-scope")
#: The same where an account that is about to be deleted is refused, too: nearly everywhere.
SIGNED_IN = (*MAY_BE_LEAVING, "account-deletion-scheduled")
#: What may be answered to any operation, to one that writes, and to one that takes a body.
_ALWAYS = ("internal", "invalid", "malformed-request", "not-acceptable", "unavailable")
_WRITING = ("storage-full",)
_WRITES = {"post", "put", "patch", "delete"}
_WITH_BODY = ("malformed-body", "request-timeout", "body-too-large", "unsupported-media-type")

PROBLEM_ERROR_SCHEMA: dict[str, Any] = {
    "title": "ProblemError",
    "description": "One broken member; what was sent is not repeated.",
    "type": "object",
    "required": ["in", "pointer", "code", "detail"],
    "properties": {
        "in": {"type": "string", "enum": ["body", "query", "path", "header", "form"]},
        "pointer": {"type": "string", "description": "JSON pointer (RFC 6901)."},
        "code": {"type": "string", "description": "For programs; does not change."},
        "detail": {"type": "string", "description": "For people."},
    },
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "Why a request was refused (RFC 9457). Some problems add members of their own.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "A page about this problem."},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What was refused here, for people."},
        "instance": {"type": "string", "format": "uri-reference"},
        "request_id": {"type": "string", "description": "Name it when you ask for help."},
        "errors": {
            "type": "array",
            "description": "Only with 422.",
            "items": {"$ref": "#/components/schemas/ProblemError"},
        },
    },
}


def kinds() -> dict[str, type[AppError]]:
    """Every refusal by its slug; where classes share one, the first written stands for it."""
    found: dict[str, type[AppError]] = {}
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, AppError):
            found.setdefault(value.slug, value)
    return found


def problems(*slugs_or_statuses: str | int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses by status for `responses=`: one example per slug.

    A status stands for all of its slugs. KeyError for a slug or status that nothing raises.
    """
    known = kinds()
    responses: dict[int | str, dict[str, Any]] = {}
    for wanted in slugs_or_statuses:
        slugs = (
            [wanted]
            if isinstance(wanted, str)
            else [slug for slug, kind in known.items() if kind.status == wanted]
        )
        if not slugs:
            raise KeyError(wanted)
        for slug in slugs:
            status = known[slug].status
            _add(responses.setdefault(status, _response(status)), known[slug])
    return responses


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with the schemas, and with what the edge itself answers to every operation.

    Changes the OpenAPI document in place. FastAPI's own 422 is replaced.
    """
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    schemas["Problem"] = dict(PROBLEM_SCHEMA)
    schemas["ProblemError"] = PROBLEM_ERROR_SCHEMA
    for method, operation in _operations(document):
        with_body = _WITH_BODY if "requestBody" in operation else ()
        writing = _WRITING if method in _WRITES else ()
        add_problems(operation, *_ALWAYS, *with_body, *writing)
        if "429" in operation["responses"]:
            _add_limits(operation["responses"])
        operation["responses"] = dict(sorted(operation["responses"].items()))
    return document


def _add_limits(responses: dict[str, Any]) -> None:
    """Where a limit may refuse, every success says how much of it is left."""
    for status, response in responses.items():
        if status.startswith("2"):
            response.setdefault("headers", {}).update(_RATE_LIMIT)


def add_problems(operation: dict[str, Any], *slugs: str) -> None:
    """Say of an operation of the document that it may be refused with these."""
    known, responses = kinds(), operation["responses"]
    for slug in slugs:
        status = known[slug].status
        if MEDIA_TYPE not in responses.get(str(status), {}).get("content", {}):
            responses[str(status)] = _response(status)
        _add(responses[str(status)], known[slug])


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in document.get("paths", {}).values():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield method, operation


def _response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": dict(_REFERENCE), "examples": {}}},
    }
    if status in _HEADERS:
        response["headers"] = dict(_HEADERS[status])
    return response


def _add(response: dict[str, Any], kind: type[AppError]) -> None:
    examples = response["content"][MEDIA_TYPE]["examples"]
    examples[kind.slug] = {"summary": kind.title, "value": _example(kind)}
    response["description"] = ", ".join(f"`{slug}`" for slug in sorted(examples))


def _example(kind: type[AppError]) -> dict[str, Any]:
    example = {
        "type": f"https://potluck.example/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": "A sentence about this request.",
        "instance": "/api/v1/recipes",
        "request_id": "0198f3a2-7b1c-7d0e-9a54-3c2f6e8d1b07",
    }
    if kind.slug == "invalid":
        error = {"in": "body", "pointer": "/title", "code": "missing"}
        example["errors"] = [{**error, "detail": "This member is required."}]
        example["detail"] = "1 member needs attention."
    return example
