"""The envelope of an access token: JWE (RFC 7516) around the signed token, so that nobody reads it.

One algorithm, `dir` with A256GCM: the key is the one that both sides have, and no length, password
or key of a sender decides how much is computed. An envelope proves nothing; the token inside is
verified like any other.
"""

import re

from joserfc import jwe
from joserfc.jwk import OctKey

from potluck.core import base64url, compact_token
from potluck.core.master_key import MasterKey

_ALGORITHMS = ("dir", "A256GCM")
_HEADER = {"alg": "dir", "enc": "A256GCM", "typ": "at+jwt", "cty": "JWT"}
_OWN_ID = ".enc"
#: Header, no encrypted key, 96 bits of nonce, ciphertext, 128 bits of tag.
_COMPACT = re.compile(
    r"([A-Za-z0-9_-]++)\.\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]++)\.([A-Za-z0-9_-]{22})"
)


def derive_key(master_key: MasterKey, signing_kid: str) -> OctKey:
    """The key of the envelopes around what the signing key of this id signs.

    It comes and goes with that key. Nonces are random with 96 bits, so it is good for 2^32 tokens
    (NIST SP 800-38D section 8.3): in the 90 days of a signing key, 552 each second.
    """
    return OctKey.import_key(master_key.derive(f"token-envelope/{signing_kid}"))


def seal(token: str, signing_kid: str, key: OctKey) -> str:
    """`token` in an envelope under the key of that id."""
    header = _HEADER | {"kid": signing_kid + _OWN_ID}
    return jwe.encrypt_compact(header, token, key, algorithms=_ALGORITHMS)


def is_one(token: str) -> bool:
    """Whether a text that is not too long has as many parts as an envelope."""
    return len(token) <= compact_token.MAX_LENGTH and token.count(".") == 4


def signing_kid_of(envelope: str) -> str:
    """The id of the signing key to which the key that `envelope` names belongs.

    ValueError for whatever is not an envelope of ours.
    """
    kid = compact_token.key_id(envelope, _COMPACT, _HEADER)
    if not kid.endswith(_OWN_ID):
        raise ValueError("no key of envelopes")
    return kid.removesuffix(_OWN_ID)


def open_(envelope: str, key: OctKey) -> str:
    """The token inside, unverified. ValueError or JoseError when `key` did not seal it.

    `signing_kid_of` comes first: it refuses what could cost anything.
    """
    for part in envelope.split("."):
        base64url.decode(part)  # one spelling each; the library takes others too
    inside = jwe.decrypt_compact(envelope, key, algorithms=_ALGORITHMS).plaintext
    return (inside or b"").decode("ascii")
