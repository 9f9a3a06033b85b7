"""A chain of records: each is bound to all before it by a keyed hash (HMAC-SHA256, RFC 2104).

Without the key nobody can make a link that fits, so what was changed, put in or taken out between
two others shows.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

#: What the first link is bound to.
GENESIS = "0" * 64

Value = str | int | None


def link(key: bytes, before: str, fields: Mapping[str, Value]) -> str:
    """The hash of a record: 64 hex digits over the hash `before` it and its fields.

    They are written as one JSON object in ASCII, members sorted by name and without blanks.
    """
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, f"{before}\n{text}".encode("ascii"), hashlib.sha256).hex()
