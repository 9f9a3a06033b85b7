"""Personal access tokens: what a person makes for a script to act in their name.

A token can do what its scopes say, and of that only what its owner may do at that moment; one for
a household nothing beyond it. It never carries `account:security`, which every function here
needs, so no token makes, lists or revokes tokens.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.core import opaque, scopes
from potluck.core.actor import Actor
from potluck.core.errors import Invalid, InvalidToken
from potluck.core.ids import new_id
from potluck.core.opaque import Prefix
from potluck.core.paging import PageRequest
from potluck.core.scopes import SCOPES_OF_TOKENS, Scope
from potluck.crud.tenancy import households_of
from potluck.domain.audit import Action
from potluck.models import PersonalToken, User
from potluck.schemas.personal_token import PersonalTokenCreate
from potluck.services import audit, sessions

LIFE = timedelta(days=90)
LONGEST_LIFE = timedelta(days=3653)  # ten years, with the leap days they may have
#: How many one person may have: a list without end hides the one that should not be there.
PER_USER = 100
#: How stale "last used" may be. Writing it at every request would make every read a write.
TOUCH_EVERY = timedelta(minutes=1)
#: A revoked token can be asked after for so long: when it was made, when it was last used.
KEEP_REVOKED = timedelta(days=90)
HINT_CHARACTERS = 4


@dataclass(frozen=True)
class PersonalClaim:
    """A personal token of the right form; nothing but its keyed digest is passed on."""

    digest: str


def read(token: str, key: bytes) -> PersonalClaim:
    """What to look up for a token. Raises `InvalidToken` for a mistyped one."""
    if not opaque.has_prefix(token, Prefix.PERSONAL):
        raise InvalidToken
    return PersonalClaim(opaque.keyed_digest(token, key))


async def authenticate(
    session: AsyncSession, claim: PersonalClaim, now: datetime
) -> tuple[User, Actor, bool]:
    """The account behind a token, the actor it makes, and whether its use should be noted.

    Raises `InvalidToken` when the token is unknown, revoked or expired, or the account disabled.
    """
    found = await crud.personal_token.with_user(session, claim.digest)
    if found is None:
        raise InvalidToken
    token, user = found
    has_ended = token.expires_at is not None and token.expires_at <= now
    if token.revoked_at is not None or has_ended or not user.can_sign_in(now):
        raise InvalidToken
    actor = Actor(
        user_id=user.id,
        scopes=scopes.parse(token.scope) & SCOPES_OF_TOKENS,
        is_instance_admin=user.is_instance_admin and token.household_id is None,
        credential_id=token.id,
        household_id=token.household_id,
        households=households_of(user, token.household_id),
    )
    is_touch_due = token.last_used_at is None or abs(now - token.last_used_at) >= TOUCH_EVERY
    return user, actor, is_touch_due


async def touch(session: AsyncSession, id: UUID, now: datetime) -> None:
    """Note that the token is in use, at most once a minute."""
    await crud.personal_token.touch(session, id, now, every=TOUCH_EVERY)


async def create(
    session: AsyncSession, actor: Actor, data: PersonalTokenCreate, *, key: bytes, now: datetime
) -> schemas.NewPersonalToken:
    """A new token of the actor, with scopes that the actor's own credential has.

    Raises `Invalid` for other scopes, a household that is none of the actor's, an end that is
    past or too far, and for who has `PER_USER` already; `InvalidToken` when the actor's own
    credential was ended since it was shown.
    """
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    _check_scopes(actor, data.scopes)
    expires_at = _end(data, now)
    # Locked, so that of two that are made at once the second counts the first, and that a password
    # reset, which locks it too, either ends this token or is seen by it.
    user = await crud.user.get_for_update(session, actor, actor.user_id)
    await sessions.check_is_open(session, actor)
    await _check_room(session, actor, user)
    await _check_household(session, actor, data.household_id)
    token = opaque.issue(Prefix.PERSONAL)
    row = PersonalToken(
        id=new_id(),
        user_id=user.id,
        household_id=data.household_id,
        name=data.name,
        digest=opaque.keyed_digest(token, key),
        hint=token[-HINT_CHARACTERS:],
        scope=scopes.to_text(data.scopes),
        created_at=now,
        expires_at=expires_at,
    )
    await crud.personal_token.add(session, row)
    audit.record(
        session,
        Action.TOKEN_CREATED,
        actor=actor,
        target=("token", row.id),
        now=now,
        scopes=sorted(data.scopes),
    )
    return schemas.NewPersonalToken(**answer(row).model_dump(), token=token)


async def page(
    session: AsyncSession, actor: Actor, request: PageRequest
) -> tuple[list[schemas.PersonalToken], str | None]:
    """One page of the actor's tokens, newest first, and the next cursor."""
    rows, cursor = await crud.personal_token.page(session, actor, request)
    return [answer(row) for row in rows], cursor


async def get(session: AsyncSession, actor: Actor, id: UUID) -> schemas.PersonalToken:
    """One of the actor's tokens. Raises `NotFound`."""
    return answer(await crud.personal_token.get(session, actor, id))


async def of_user(
    session: AsyncSession, actor: Actor, user_id: UUID
) -> list[schemas.PersonalToken]:
    """All tokens of one person that the actor may see, newest first."""
    return [answer(row) for row in await crud.personal_token.of_user(session, actor, user_id)]


async def revoke(session: AsyncSession, actor: Actor, id: UUID, *, now: datetime) -> None:
    """End one of the actor's tokens, at once. Raises `NotFound`."""
    owner_id = await crud.personal_token.revoke(session, actor, id, now)
    audit.record(
        session,
        Action.TOKEN_REVOKED,
        actor=actor,
        target=("token", id),
        subject_id=owner_id,
        now=now,
    )


def without_token(made: schemas.NewPersonalToken) -> schemas.PersonalToken:
    """What every later answer says of a new token."""
    return schemas.PersonalToken.model_validate(made.model_dump(exclude={"token"}))


def answer(row: PersonalToken) -> schemas.PersonalToken:
    """A token as its owner sees it."""
    return schemas.PersonalToken(
        id=row.id,
        name=row.name,
        scopes=sorted(scopes.parse(row.scope) & SCOPES_OF_TOKENS),
        household_id=row.household_id,
        hint=row.hint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


async def remove_revoked(session: AsyncSession, now: datetime) -> bool:
    """Forget tokens that were revoked long ago; true if there may be more of them."""
    return await crud.personal_token.remove_revoked(session, before=now - KEEP_REVOKED)


def _check_scopes(actor: Actor, wanted: list[Scope]) -> None:
    missing = [scope for scope in wanted if scope not in actor.scopes]
    if missing:
        raise Invalid.member(
            "/scopes", "scope_not_held", f"You are signed in without {', '.join(missing)}."
        )


def _end(data: PersonalTokenCreate, now: datetime) -> datetime | None:
    """When the token ends. Raises `Invalid`."""
    expires_at = data.expires_at
    if expires_at is MISSING:
        return now + LIFE
    if expires_at is not None and expires_at <= now:
        raise Invalid.member("/expires_at", "in_the_past", "Choose a moment to come.")
    if expires_at is not None and expires_at > now + LONGEST_LIFE:
        raise Invalid.member("/expires_at", "too_far", "Choose a moment within ten years.")
    return expires_at


async def _check_room(session: AsyncSession, actor: Actor, user: User) -> None:
    if len(await crud.personal_token.of_user(session, actor, user.id)) >= PER_USER:
        raise Invalid.member(
            "", "too_many_tokens", f"You have {PER_USER} tokens: revoke one you no longer use."
        )


async def _check_household(session: AsyncSession, actor: Actor, id: UUID | None) -> None:
    if id is not None and await crud.household.with_role(session, actor, id) is None:
        raise Invalid.member("/household_id", "no_household", "Name one of your households.")
