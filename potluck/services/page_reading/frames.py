"""Messages between the reader's child and its parent: a length in four bytes, then the bytes.

A request is a JSON line (the address or null) and the page's text. A reply is a JSON document:
`{"recipe": {...}}`, or `{"refused": "why"}`, each with `"worn": true` when the child wants to be
replaced. JSON, because nothing that a hostile page touched may be unpickled.
"""

import json
import struct
from typing import Any

HEADER = struct.Struct(">I")
#: A recipe at the limits of the contract is below 4 MB; more than this is no answer.
LARGEST_REPLY = 16_000_000


def pack(payload: bytes) -> bytes:
    """`payload` with its length before it."""
    return HEADER.pack(len(payload)) + payload


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
