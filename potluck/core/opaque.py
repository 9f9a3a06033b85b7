"""Credentials that are nothing but random: cookies, refresh and personal tokens, invitations.

Each kind has a prefix, so that a leaked one can be recognised and the wrong kind is refused
before a query. The database keeps the digest only; 256 random bits need no slow hash.
"""

import hashlib
import hmac
import secrets
import zlib
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from potluck.core import base64url, sealing

_RANDOM_BYTES = 32
_RANDOM_CHARACTERS = 43
_CHECKSUM_CHARACTERS = 6


class Prefix(StrEnum):
    """The kinds of opaque credentials."""

    REFRESH = "prt_"
    SETUP = "pst_"
    SESSION = "pss_"
    PERSONAL = "ppt_"
    INVITATION = "pin_"
    VERIFY = "pve_"
    RESET = "prs_"
    EMAIL_CHANGE = "pec_"
    EMAIL_CANCEL = "pex_"


#: People copy these by hand into scripts, and some end up where they should not: a checksum tells
#: a real one from a mistyped one, and from text that merely looks alike, without a look-up.
_CHECKED = frozenset({Prefix.PERSONAL})


def issue(prefix: Prefix) -> str:
    """A new credential: the prefix and 256 random bits as 43 characters of base64url.

    A personal token ends in six more, the checksum of all before them.
    """
    token = prefix + base64url.encode(secrets.token_bytes(_RANDOM_BYTES))
    return token + _checksum(token) if prefix in _CHECKED else token


def has_prefix(token: str, prefix: Prefix) -> bool:
    """Whether `token` has the form of this kind; anything else needs no look-up."""
    body = token
    if prefix in _CHECKED:
        body, checksum = token[:-_CHECKSUM_CHARACTERS], token[-_CHECKSUM_CHARACTERS:]
        if not body.isascii() or checksum != _checksum(body):
            return False
    if not body.startswith(prefix) or len(body) != len(prefix) + _RANDOM_CHARACTERS:
        return False
    try:
        base64url.decode(body.removeprefix(prefix))
    except ValueError:
        return False
    return True


def _checksum(text: str) -> str:
    """The CRC-32 (ISO-HDLC, as in zip files) of ASCII text as six characters of base64url."""
    return base64url.encode(zlib.crc32(text.encode("ascii")).to_bytes(4, "big"))


def digest(token: str) -> str:
    """What is stored of a credential: its SHA-256 as 64 hex digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def keyed_digest(token: str, key: bytes) -> str:
    """What is stored of a credential that lives long: its HMAC-SHA256 as 64 hex digits.

    Who can write to the database but does not have the key cannot plant a token of their own.
    """
    return hmac.digest(key, token.encode(), hashlib.sha256).hex()


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
