"""Form tokens that prove a form was made for this session (OWASP: "HMAC based token pattern").

The random part makes every token different, so that compressed pages do not give it away byte by
byte; the session's id makes it useless to everyone else.
"""

import hashlib
import hmac
import secrets

from potluck.core import base64url

_RANDOM_BYTES = 16
_CHARACTERS = 64  # of base64url, for 48 bytes


def make(key: bytes, session_id: str) -> str:
    """A new token of 64 characters for the session of this id."""
    random = secrets.token_bytes(_RANDOM_BYTES)
    return base64url.encode(random + _mac(key, session_id, random))


def check(key: bytes, session_id: str, token: str) -> bool:
    """Whether `token` was made for the session of this id."""
    if len(token) != _CHARACTERS:
        return False
    try:
        data = base64url.decode(token)
    except ValueError:
        return False
    random, mac = data[:_RANDOM_BYTES], data[_RANDOM_BYTES:]
    return hmac.compare_digest(mac, _mac(key, session_id, random))


def _mac(key: bytes, session_id: str, random: bytes) -> bytes:
    """The random part has a fixed length, so no two inputs run into the same bytes."""
    message = b"potluck/csrf/v1\0" + random + session_id.encode()
    return hmac.digest(key, message, hashlib.sha256)
