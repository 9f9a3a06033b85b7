"""Entity tags (RFC 9110 section 8.8) and the preconditions made of them (section 13.1)."""

import hashlib
import re
from uuid import UUID

from potluck.core import base64url

_TAG_BYTES = 15  # 20 characters; 120 bits, so that no two states share a tag
#: One entity tag or nothing, up to the next comma or the end. Possessive: each character is looked
#: at once, whatever is sent.
_ELEMENT = re.compile(
    r'[ \t]*+(?:(?P<weak>W/)?+(?P<tag>"[\x21\x23-\x7e\x80-\xff]*+"))?+[ \t]*+(?P<end>,|\Z)'
)


def etag_of(kind: str, id: UUID, version: int) -> str:
    """The strong, opaque ETag of one version of one entity, quotes included.

    Every process gives the same one, so nothing secret goes in; it says which state was read and
    cannot be mistaken for a number to count on.
    """
    return _tag(b"potluck/etag/row", f"{kind}\0{id}\0{version}".encode())


def etag_of_body(json_bytes: bytes) -> str:
    """The strong ETag of a representation that has no version: a hash of its bytes."""
    return _tag(b"potluck/etag/body", json_bytes)


def matches(header: str | None, current: str, *, weak: bool) -> bool:
    """Whether an If-Match (`weak=False`) or If-None-Match (`weak=True`) names `current`.

    `*` matches whatever exists. Strong comparison never takes a weak tag, weak comparison ignores
    the mark (RFC 9110 section 8.8.3.2). Empty list elements are allowed; a header that is absent
    or malformed in any part matches nothing.
    """
    if header is None:
        return False
    if header.strip(" \t") == "*":
        return True
    position, is_found, current_is_weak = 0, False, current.startswith("W/")
    while element := _ELEMENT.match(header, position):
        if element["tag"] == current.removeprefix("W/"):
            is_found |= weak or not (element["weak"] or current_is_weak)
        if not element["end"]:
            return is_found
        position = element.end()
    return False


def _tag(label: bytes, data: bytes) -> str:
    digest = hashlib.blake2b(data, key=label, digest_size=_TAG_BYTES).digest()
    return f'"{base64url.encode(digest)}"'
