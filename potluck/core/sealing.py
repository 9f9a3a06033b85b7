"""Authenticated encryption of single values at rest (AES-256-GCM, NIST SP 800-38D).

A sealed value is bound to its place by the additional data: moved to another row or column, it
does not open. Its text names the format and the key: `v1.<key id>.<nonce, ciphertext and tag>`.
"""

import hashlib
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from potluck.core import base64url

_VERSION = "v1"
_NONCE_BYTES = 12


class Unsealable(Exception):
    """The value was sealed with another key, for another place, or was changed."""

    def __init__(self) -> None:
        super().__init__("The sealed value cannot be opened")


def cell(table: str, column: str, row_id: UUID | str) -> bytes:
    """The additional data of a value that lives in one cell of the database."""
    return "\0".join((table, column, str(row_id))).encode()


def key_id(key: bytes) -> str:
    """A short name of a 256-bit key, from which the key cannot be found."""
    return hashlib.sha256(b"potluck/v1/key-id\0" + key).hexdigest()[:12]


def is_sealed(text: str) -> bool:
    """Whether a text has the form of a sealed value, whatever its key."""
    return text.startswith(f"{_VERSION}.")


def seal(key: bytes, plaintext: bytes, aad: bytes) -> str:
    """Encrypt `plaintext` under the 32-byte `key`, bound to `aad`.

    The nonce is random with 96 bits: one key is good for 2^32 values (SP 800-38D section 8.3).
    """
    head = f"{_VERSION}.{key_id(key)}."
    nonce = secrets.token_bytes(_NONCE_BYTES)
    box = AESGCM(key).encrypt(nonce, plaintext, head.encode() + aad)
    return head + base64url.encode(nonce + box)


def unseal(key: bytes, sealed: str, aad: bytes) -> bytes:
    """The plaintext that `seal` was given. Raises Unsealable for every kind of mismatch."""
    head = f"{_VERSION}.{key_id(key)}."
    if not sealed.startswith(head):
        raise Unsealable
    try:
        box = base64url.decode(sealed[len(head) :])
        return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], head.encode() + aad)
    except (ValueError, InvalidTag):
        raise Unsealable from None
