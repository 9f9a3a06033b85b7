"""`Idempotency-Key` in OpenAPI, for every POST there is."""

from typing import Any

from potluck.api.header_openapi import headers
from potluck.api.idempotency import MAX_LENGTH
from potluck.api.problem_openapi import add_problems

PARAMETER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "A name for this request, new for each, such as a random UUID. Sent again within 24 hours "
        "it is answered as the first time, and nothing is done twice."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, "pattern": "^[!-~]+$"},
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with the header, and what may come of it; changes it in place, once."""
    for item in document.get("paths", {}).values():
        operation = item.get("post")
        if operation is None:
            continue
        operation.setdefault("parameters", []).append(dict(PARAMETER))
        add_problems(operation, "idempotency-key-in-use", "idempotency-key-reused")
        responses = operation["responses"]
        responses["409"].setdefault("headers", {}).update(headers("Retry-After"))
        for status, response in responses.items():
            if status.startswith("2"):
                response.setdefault("headers", {}).update(headers("Idempotency-Replayed"))
    return document
