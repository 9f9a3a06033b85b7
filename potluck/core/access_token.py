"""Access tokens: the only kind of credential that is a JWT (RFC 7519, profile of RFC 9068).

A token says who, through which sign-in and for what; it holds no name, role or household. What it
says is worth nothing before the sign-in and the user have been looked up (`family_id`, `epoch`).
"""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from potluck.core import compact_token, envelope, signing_keys
from potluck.core.access_claims import AccessClaims, OwnClaims
from potluck.core.clock import Clock
from potluck.core.errors import InvalidToken
from potluck.core.signing_keys import SigningKeys

#: Seconds by which the clocks of two machines may differ.
LEEWAY_S = 30

#: The fully specified name of RFC 9864; "EdDSA" is deprecated.
_ALGORITHM = "Ed25519"
_TYPE = "at+jwt"
_COMPACT = re.compile(r"([A-Za-z0-9_-]++)\.([A-Za-z0-9_-]++)\.([A-Za-z0-9_-]++)")

Key = TypeVar("Key")


class AccessTokens:
    """Signs and verifies the access tokens of one instance.

    `issuer` is the base URL, `audience` that of the API. `lifetime_s` is how long a token lives,
    `leeway_s` how far the clocks of two machines may differ, both in seconds. `own_claims` are
    those that every token gets besides. With `is_encrypted` new tokens come in an envelope.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        clock: Clock,
        lifetime_s: int = 600,
        leeway_s: int = LEEWAY_S,
        own_claims: OwnClaims | None = None,
        *,
        is_encrypted: bool = False,
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self.lifetime_s = lifetime_s
        self._own_claims = (own_claims or OwnClaims()).model_dump()
        self._is_encrypted = is_encrypted
        self._clock = clock
        needed: jwt.ClaimsOption = {"essential": True}
        #: The rules of RFC 7519 for times, `nbf` included; types and presence are the model's.
        self._registry = JWTClaimsRegistry(
            now=lambda: int(clock.now().timestamp()),
            leeway=leeway_s,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp=needed,
            iat=needed,
        )

    def sign(
        self,
        *,
        user_id: UUID,
        family_id: UUID,
        epoch: int,
        scopes: Iterable[str],
        client_id: str,
        auth_time: datetime,
        keys: SigningKeys,
    ) -> str:
        """A new token that lives from now for `lifetime_s`, signed with the active one of `keys`.

        `auth_time` is told as now when it lies ahead: the clock went back since that sign-in, or
        it was made by a replica whose clock is ahead.
        """
        now = self._clock.now().replace(microsecond=0)
        claims = AccessClaims(
            issuer=self.issuer,
            audience=self.audience,
            user_id=user_id,
            family_id=family_id,
            epoch=epoch,
            scopes=frozenset(scopes),
            client_id=client_id,
            issued_at=now,
            expires_at=now + timedelta(seconds=self.lifetime_s),
            auth_time=min(auth_time.replace(microsecond=0), now),
            jti=secrets.token_urlsafe(16),
            **self._own_claims,
        )
        kid = signing_keys.key_id(keys.active)
        header = {"alg": _ALGORITHM, "typ": _TYPE, "kid": kid}
        signed = jwt.encode(header, claims.to_wire(), keys.active, algorithms=[_ALGORITHM])
        if not self._is_encrypted:
            return signed
        return envelope.seal(signed, kid, _known(keys.envelope_key(kid)))

    def verify(self, token: str, keys: SigningKeys) -> AccessClaims:
        """What `token` says, if one of `keys` signed it for us and it has not expired.

        In an envelope or not is the same: whoever changes the setting ends no token by it.
        Raises InvalidToken, the same for every reason: the cause helps nobody but a forger.
        """
        try:
            signed = _opened(token, keys)
            key = _known(keys.get(_signing_kid_of(signed)))
            payload = jws.deserialize_compact(signed, key, algorithms=[_ALGORITHM]).payload
            claims = compact_token.json_object(payload or b"")
            self._registry.validate(claims)
            return self._read(claims)
        except (JoseError, ValueError):
            raise InvalidToken from None

    def _read(self, members: dict[str, Any]) -> AccessClaims:
        """Names and types exactly as `sign` writes them; ValueError otherwise."""
        claims = AccessClaims.from_wire(members)
        if claims.expires_at > claims.issued_at + timedelta(seconds=self.lifetime_s):
            raise ValueError("a longer life than ours give")
        return claims


def key_id_of(token: str) -> str | None:
    """The id of the key that a token names; None if its header is not one that we write.

    It is what the token says, unverified: good for a look-up among our own keys, no more.
    """
    try:
        return envelope.signing_kid_of(token) if envelope.is_one(token) else _signing_kid_of(token)
    except ValueError:
        return None


def _signing_kid_of(token: str) -> str:
    return compact_token.key_id(token, _COMPACT, {"alg": _ALGORITHM, "typ": _TYPE})


def _opened(token: str, keys: SigningKeys) -> str:
    """The signed token, out of its envelope when it is in one."""
    if not envelope.is_one(token):
        return token
    return envelope.open_(token, _known(keys.envelope_key(envelope.signing_kid_of(token))))


def _known(key: Key | None) -> Key:
    if key is None:
        raise ValueError("no key of ours")
    return key
