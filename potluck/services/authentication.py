"""From a credential to an actor: the one place that decides whether a token is good."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import scopes
from potluck.core.access_token import AccessClaims, AccessTokens
from potluck.core.actor import Actor
from potluck.core.errors import InvalidCredentials, InvalidToken, NotFound
from potluck.core.passwords import PasswordHasher
from potluck.domain.email_address import is_email_address
from potluck.models import User
from potluck.services import sessions
from potluck.services.signing_keys import KeyRing

#: One sentence for every failure, so that none tells which accounts there are.
WRONG = "Check the address and the password, or make an account."


@dataclass(frozen=True)
class PasswordProof:
    """Somebody knew the password of this account; `renewed_hash` replaces an outdated hash."""

    user_id: UUID
    stored_hash: str | None = field(repr=False)
    renewed_hash: str | None = field(repr=False)


async def read_token(token: str, tokens: AccessTokens, keys: KeyRing) -> AccessClaims:
    """The verified claims of an access token. Raises `InvalidToken`, always in the same words."""
    return tokens.verify(token, await keys.current())


async def authenticate(
    session: AsyncSession, claims: AccessClaims, now: datetime
) -> tuple[User, Actor]:
    """The account behind verified claims, read anew so that revocation is exact.

    Raises `InvalidToken` when the sign-in was ended, the account is disabled, or everything was
    signed out since.
    """
    found = await crud.credential.family_and_user(session, claims.family_id, claims.user_id)
    if found is None:
        raise InvalidToken
    family, user = found
    if user.auth_epoch != claims.epoch or not sessions.is_alive(family, user, now):
        raise InvalidToken
    return user, Actor(
        user_id=user.id,
        scopes=scopes.known(claims.scopes) & scopes.parse(family.scope),
        is_instance_admin=user.is_instance_admin,
        credential_id=family.id,
    )


async def check_password(
    session: AsyncSession, email: str, password: str, passwords: PasswordHasher
) -> PasswordProof:
    """Verify an address and a password; the session is let go before the hash is computed.

    Unknown, disabled and password-less accounts take as long as a wrong password and get the same
    answer. Raises `InvalidCredentials`, `Unavailable`.
    """
    user = await crud.user.by_email(session, email) if is_email_address(email) else None
    await session.close()
    stored = user.password_hash if user is not None and user.disabled_at is None else None
    is_right, renewed_hash = await passwords.verify(stored, password)
    if user is None or not is_right:
        raise InvalidCredentials(WRONG)
    return PasswordProof(user.id, stored, renewed_hash)


async def accept(session: AsyncSession, proof: PasswordProof, now: datetime) -> User:
    """The account of a right password, read anew; stores the renewed hash.

    Raises `InvalidCredentials` when the account or its password changed in between.
    """
    try:
        user = await crud.user.get_for_update(session, Actor.system(), proof.user_id)
    except NotFound:
        raise InvalidCredentials(WRONG) from None
    if user.disabled_at is not None or user.password_hash != proof.stored_hash:
        raise InvalidCredentials(WRONG)
    if proof.renewed_hash is not None:
        await crud.user.update(session, user, {"password_hash": proof.renewed_hash}, now=now)
    return user
