"""Cursors of keyset pages: where the next page begins, authenticated and bound to one list."""

import hashlib
import hmac
import json

from potluck.core import base64url
from potluck.core.errors import InvalidCursor

#: Characters that are looked at; a title of 300 characters of four bytes, escaped, fits twice.
MAX_LENGTH = 4096

_VERSION = b"\x01"
_MAC_BYTES = 16


class Cursors:
    """Makes and reads cursors under a 32-byte key that all processes of an instance share."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encode(self, values: list[str | int | None], binding: str) -> str:
        """The cursor behind a row with these sort values.

        `binding` is everything the cursor must be used with again: list, filters, order, caller.
        Raises ValueError when the values are too long to be read back.
        """
        payload = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        cursor = base64url.encode(_VERSION + self._mac(payload, binding) + payload)
        if len(cursor) > MAX_LENGTH:
            raise ValueError("the sort values are too long for a cursor")
        return cursor

    def decode(self, cursor: str, binding: str) -> list[str | int | None]:
        """The values `encode` was given. Raises InvalidCursor for anything else."""
        if len(cursor) > MAX_LENGTH:
            raise InvalidCursor
        try:
            data = base64url.decode(cursor)
        except ValueError:
            raise InvalidCursor from None
        version, mac, payload = data[:1], data[1 : 1 + _MAC_BYTES], data[1 + _MAC_BYTES :]
        if version != _VERSION or not hmac.compare_digest(mac, self._mac(payload, binding)):
            raise InvalidCursor
        values: list[str | int | None] = json.loads(payload)
        return values

    def _mac(self, payload: bytes, binding: str) -> bytes:
        """The binding is hashed to a fixed length: it cannot run into the payload."""
        bound = hashlib.sha256(binding.encode("utf-8", "surrogatepass")).digest()
        return hmac.digest(self._key, _VERSION + bound + payload, hashlib.sha256)[:_MAC_BYTES]
