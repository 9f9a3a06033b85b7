"""Header fields of answers in OpenAPI: described once, and named wherever they are sent."""

from typing import Any

_TEXT = {"type": "string"}
_ADDRESS = {"type": "string", "format": "uri-reference"}


def _always(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": schema}


def _sometimes(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "schema": schema}


#: By name, as they stand in the components of a document; whether each is on every answer that
#: names it.
COMPONENTS: dict[str, dict[str, Any]] = {
    "Allow": _always("The methods of this address.", _TEXT),
    "Content-Location": _always("The address of what the body shows.", _ADDRESS),
    "ETag": _always("Names this state; strong (RFC 9110, 8.8.3).", _TEXT),
    "Idempotency-Replayed": _sometimes(
        "Only when this is the answer to an earlier request with the same key.",
        {"type": "string", "enum": ["true"]},
    ),
    "Location": _always("The address of what was made.", _ADDRESS),
    # draft-ietf-httpapi-ratelimit-headers
    "RateLimit": _sometimes(
        "What is left (`r`), and seconds until all of it is back (`t`).", _TEXT
    ),
    "RateLimit-Policy": _sometimes("The limit: so many (`q`) in so many seconds (`w`).", _TEXT),
    "Retry-After": _sometimes(
        "Seconds to wait before the next try.", {"type": "integer", "minimum": 0}
    ),
    "WWW-Authenticate": _always("The challenge (RFC 6750).", _TEXT),
}


def headers(*names: str) -> dict[str, Any]:
    """For `headers` of a response: references to some of the components."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
