"""Credentials that are nothing but random: session cookies, refresh tokens, setup secrets.

Each kind has a prefix, so that a leaked one can be recognised and the wrong kind is refused
before a query. The database keeps the digest only; 256 random bits need no slow hash.
"""

import hashlib
import secrets
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from potluck.core import base64url, sealing

_RANDOM_BYTES = 32
_RANDOM_CHARACTERS = 43


class Prefix(StrEnum):
    """The kinds of opaque credentials."""

    REFRESH = "prt_"
    SETUP = "pst_"
    SESSION = "pss_"


def issue(prefix: Prefix) -> str:
    """A new credential: the prefix and 256 random bits as 43 characters of base64url."""
    return prefix + base64url.encode(secrets.token_bytes(_RANDOM_BYTES))


def has_prefix(token: str, prefix: Prefix) -> bool:
    """Whether `token` has the form of this kind; anything else needs no look-up."""
    if not token.startswith(prefix) or len(token) != len(prefix) + _RANDOM_CHARACTERS:
        return False
    try:
        base64url.decode(token.removeprefix(prefix))
    except ValueError:
        return False
    return True


def digest(token: str) -> str:
    """What is stored of a credential: its SHA-256 as 64 hex digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def seal_successor(presented: str, successor: str) -> str:
    """Seal a refresh token's successor so that only the presented token opens it again.

    A client whose answer was lost presents the same token again and gets the same successor. The
    database, which knows the digest of the presented token only, cannot open it.
    """
    return sealing.seal(_successor_key(presented), successor.encode(), _successor_aad(presented))


def open_successor(presented: str, sealed: str) -> str:
    """The successor that was sealed for `presented`. Raises sealing.Unsealable."""
    return sealing.unseal(_successor_key(presented), sealed, _successor_aad(presented)).decode()


def _successor_key(presented: str) -> bytes:
    info = b"potluck/v1/refresh-successor"
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(presented.encode())


def _successor_aad(presented: str) -> bytes:
    return sealing.cell("refresh_token", "successor_sealed", digest(presented))
