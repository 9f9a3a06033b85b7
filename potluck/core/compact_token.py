"""What is asked of a compact JOSE token before any key is touched (RFC 8725 sections 3.1, 3.10).

The header must be exactly the one that we write. So there is no algorithm to choose, nothing
critical or compressed, and no key or address of a key to follow.
"""

import json
import re
from typing import Any

from potluck.core import base64url

#: Characters; what is longer is refused unread. Ours have about 500, encrypted ones 1000.
MAX_LENGTH = 8192


def key_id(token: str, shape: re.Pattern[str], header: dict[str, str]) -> str:
    """The `kid` in the header, which holds `header` besides and nothing more.

    `shape` is the pattern of the whole token; its first group is the header. ValueError for
    everything else.
    """
    if len(token) > MAX_LENGTH:
        raise ValueError("too long")
    parts = shape.fullmatch(token)
    if parts is None:
        raise ValueError("not a compact serialisation")
    members = json_object(base64url.decode(parts[1]))
    kid = members.pop("kid", None)
    if members != header:
        raise ValueError("not our header")
    if not isinstance(kid, str):
        raise ValueError("not a text")  # noqa: TRY004 - a value, not a type
    return kid


def json_object(data: bytes) -> dict[str, Any]:
    """The JSON object in `data`: UTF-8, each member once, no NaN. ValueError otherwise."""
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=_members, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - a value, not a type
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
