"""From a credential to an actor: the one place that decides whether a token is good."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import scopes
from potluck.core.access_claims import AccessClaims
from potluck.core.access_token import AccessTokens, key_id_of
from potluck.core.actor import Actor
from potluck.core.errors import Forbidden, InvalidCredentials, InvalidToken, NotFound
from potluck.core.opaque import Prefix
from potluck.core.passwords import PasswordHasher
from potluck.core.request_context import note_actor
from potluck.crud.tenancy import households_of
from potluck.domain.audit import Action
from potluck.domain.email_address import is_email_address
from potluck.models import User
from potluck.services import audit, personal_tokens, sessions
from potluck.services.personal_token_key import PersonalTokenKey
from potluck.services.personal_tokens import PersonalClaim
from potluck.services.signing_keys import KeyRing

#: One sentence for every failure, so that none tells which accounts there are.
WRONG = "Check the address and the password, or make an account."


@dataclass(frozen=True)
class PasswordProof:
    """Somebody knew the password of this account; `renewed_hash` replaces an outdated hash."""

    user_id: UUID
    stored_hash: str | None = field(repr=False)
    renewed_hash: str | None = field(repr=False)


#: What a token says before the database is asked.
Claims = AccessClaims | PersonalClaim


@dataclass(frozen=True)
class Authenticated:
    """The account behind a token and the actor that it makes.

    `is_touch_due` says that the use of the personal token `actor.credential_id` should be noted
    (`personal_tokens.touch`), in a transaction of its own and without making anybody wait.
    """

    user: User
    actor: Actor
    is_touch_due: bool = False


async def read_token(
    token: str, *, tokens: AccessTokens, keys: KeyRing, personal_token_key: PersonalTokenKey
) -> Claims:
    """What a Bearer token of either kind says: an access token, or a personal one.

    It asks no database for who sent it. With `authenticate` it is the whole way from the header
    `Authorization: Bearer` to an actor, for whatever serves programs. Raises `InvalidToken`,
    always in the same words.
    """
    if token.startswith(Prefix.PERSONAL):
        return personal_tokens.read(token, await personal_token_key.get())
    known = await keys.current()
    try:
        return tokens.verify(token, known)
    except InvalidToken:
        kid = key_id_of(token)
        if kid is None or known.get(kid) is not None:
            raise
    # Another process may have begun to sign with a key that is newer than what this one has read.
    return tokens.verify(token, await keys.look_again())


async def authenticate(session: AsyncSession, claims: Claims, now: datetime) -> Authenticated:
    """The account behind what a token says, read anew so that revocation is exact.

    Raises `InvalidToken` when the token or its sign-in was ended or is past its time, the account
    is disabled, or everything was signed out since.
    """
    if isinstance(claims, PersonalClaim):
        personal = Authenticated(*await personal_tokens.authenticate(session, claims, now))
        note_actor(personal.user.id, "personal-token")
        return personal
    found = await crud.credential.family_and_user(session, claims.family_id, claims.user_id)
    if found is None:
        raise InvalidToken
    family, user = found
    if user.auth_epoch != claims.epoch or not sessions.is_alive(family, user, now):
        raise InvalidToken
    note_actor(user.id, "access-token")
    actor = Actor(
        user_id=user.id,
        scopes=scopes.known(claims.scopes) & scopes.parse(family.scope),
        is_instance_admin=user.is_instance_admin,
        credential_id=family.id,
        households=households_of(user),
        auth_at=claims.auth_time,
    )
    return Authenticated(user, actor)


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


async def check_own_password(
    session: AsyncSession, actor: Actor, password: str, passwords: PasswordHasher
) -> PasswordProof:
    """Verify the password of who is signed in already; the session is let go before the hash is
    computed.

    Raises `Forbidden`, `Unavailable`.
    """
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    user = await crud.user.get(session, actor, actor.user_id)
    await session.close()
    is_right, renewed_hash = await passwords.verify(user.password_hash, password)
    if not is_right:
        raise Forbidden("The current password is not right.")
    return PasswordProof(user.id, user.password_hash, renewed_hash)


async def accept(session: AsyncSession, proof: PasswordProof, now: datetime) -> User:
    """The account of a right password, read anew; stores the renewed hash.

    Raises `InvalidCredentials` when the account or its password changed in between.
    """
    try:
        user = await crud.user.get_for_update(session, Actor.system(), proof.user_id)
    except NotFound:
        raise InvalidCredentials(WRONG) from None
    if not user.can_sign_in(now) or user.password_hash != proof.stored_hash:
        raise InvalidCredentials(WRONG)
    note_actor(user.id, "password")
    if proof.renewed_hash is not None:
        await crud.user.update(session, user, {"password_hash": proof.renewed_hash}, now=now)
    audit.record(session, Action.SIGNED_IN, actor=user, target=user, now=now)
    return user
