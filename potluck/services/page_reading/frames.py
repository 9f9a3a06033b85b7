"""What the page reader and its child say to each other.

A request is a JSON line (the address or null) and the page's text. A reply is a JSON document:
`{"recipe": {...}}` or `{"refused": "why"}`.
"""

import json
from typing import Any


def request(html: str, url: str | None) -> bytes:
    """The payload that asks for one page; lone surrogates become question marks."""
    return json.dumps(url).encode() + b"\n" + html.encode("utf-8", "replace")


def read_request(payload: bytes) -> tuple[str, str | None]:
    """(html, url) of a request."""
    url, _, html = payload.partition(b"\n")
    return html.decode("utf-8", "replace"), json.loads(url)


def reply(**members: Any) -> bytes:
    """The payload of an answer."""
    return json.dumps(members, ensure_ascii=False).encode("utf-8", "replace")


def read_reply(payload: bytes) -> dict[str, Any]:
    """The members of an answer; ValueError when it is none."""
    members = json.loads(payload)
    if not isinstance(members, dict):
        raise ValueError("A reply is a JSON object.")  # noqa: TRY004  one error for any nonsense
    return members
