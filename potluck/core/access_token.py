"""Access tokens: the only kind of credential that is a JWT (RFC 7519, profile of RFC 9068).

A token says who, through which sign-in and for what; it holds no name, role or household. What it
says is worth nothing before the sign-in and the user have been looked up (`family_id`, `epoch`).
"""

import json
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jwt import JWTClaimsRegistry

from potluck.core import base64url, signing_keys
from potluck.core.access_claims import AccessClaims, OwnClaims
from potluck.core.clock import Clock
from potluck.core.errors import InvalidToken
from potluck.core.signing_keys import SigningKeys

#: Characters; what is longer is refused unread. Ours have about 500.
MAX_LENGTH = 8192

#: Seconds by which the clocks of two machines may differ.
LEEWAY_S = 30

#: The fully specified name of RFC 9864; "EdDSA" is deprecated.
_ALGORITHM = "Ed25519"
_TYPE = "at+jwt"
_COMPACT = re.compile(r"([A-Za-z0-9_-]++)\.([A-Za-z0-9_-]++)\.([A-Za-z0-9_-]++)")


class AccessTokens:
    """Signs and verifies the access tokens of one instance.

    `issuer` is the base URL, `audience` that of the API. `lifetime_s` is how long a token lives,
    `leeway_s` how far the clocks of two machines may differ, both in seconds. `own_claims` are
    those that every token gets besides.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        clock: Clock,
        lifetime_s: int = 600,
        leeway_s: int = LEEWAY_S,
        own_claims: OwnClaims | None = None,
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self.lifetime_s = lifetime_s
        self._own_claims = (own_claims or OwnClaims()).model_dump()
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
        key: OKPKey,
    ) -> str:
        """A new token that lives from now for `lifetime_s`, signed with `key` (the active one).

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
        header = {"alg": _ALGORITHM, "typ": _TYPE, "kid": signing_keys.key_id(key)}
        return jwt.encode(header, claims.to_wire(), key, algorithms=[_ALGORITHM])

    def verify(self, token: str, keys: SigningKeys) -> AccessClaims:
        """What `token` says, if one of `keys` signed it for us and it has not expired.

        Raises InvalidToken, the same for every reason: the cause helps nobody but a forger.
        """
        try:
            key = _key_of(token, keys)
            payload = jws.deserialize_compact(token, key, algorithms=[_ALGORITHM]).payload
            claims = _json_object(payload or b"")
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
        return _named_key(token)
    except ValueError:
        return None


def _key_of(token: str, keys: SigningKeys) -> OKPKey:
    """The key that must have signed."""
    key = keys.get(_named_key(token))
    if key is None:
        raise ValueError("no key of ours")
    return key


def _named_key(token: str) -> str:
    """The id in the header; everything that can be refused unsigned is refused here.

    The header is exactly the one we write. So there is no algorithm to choose, nothing critical,
    and no key or address of a key to follow (RFC 8725 sections 3.1, 3.10, 3.11).
    """
    if len(token) > MAX_LENGTH:
        raise ValueError("too long")
    parts = _COMPACT.fullmatch(token)
    if parts is None:
        raise ValueError("not a compact serialisation")
    header = _json_object(base64url.decode(parts[1]))
    kid = header.pop("kid", None)
    if header != {"alg": _ALGORITHM, "typ": _TYPE}:
        raise ValueError("not our header")
    return _text(kid)


def _json_object(data: bytes) -> dict[str, Any]:
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


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - a value, not a type
    return value
