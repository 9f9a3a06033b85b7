"""What an account of somebody else is signed in with: listed and ended by administrators."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.core.actor import Actor
from potluck.core.errors import Forbidden
from potluck.core.paging import PageRequest
from potluck.domain.audit import Action
from potluck.schemas.administration import AccountToken
from potluck.services import (
    accounts_admin,
    audit,
    open_sessions,
    password_resets,
    personal_tokens,
)

#: Why a family ended, in its row.
BY_AN_ADMINISTRATOR = "administrator"


async def sessions(
    session: AsyncSession, actor: Actor, user_id: UUID, request: PageRequest, *, now: datetime
) -> tuple[list[schemas.Session], str | None]:
    """One page of the account's sessions, last signed in first. Raises `NotFound`."""
    await accounts_admin.get(session, actor, user_id)
    owner = Actor(user_id=user_id, credential_id=actor.credential_id)
    return await open_sessions.page(session, owner, request, now=now)


async def end_session(
    session: AsyncSession, actor: Actor, user_id: UUID, id: UUID, *, now: datetime
) -> None:
    """End one session of the account, at once. Raises `NotFound`."""
    owner = await _lock(session, actor, user_id)
    await crud.open_session.end(session, owner, id, now)
    audit.record(
        session,
        Action.SESSION_ENDED,
        actor=actor,
        target=("session", id),
        subject_id=user_id,
        now=now,
    )


async def end_sessions(
    session: AsyncSession, actor: Actor, user_id: UUID, *, now: datetime
) -> None:
    """End every session of the account, at once; tokens of scripts stay. Raises `NotFound`."""
    await _lock(session, actor, user_id)
    await crud.credential.end_sign_ins(session, user_id, BY_AN_ADMINISTRATOR, now)
    target = ("user", user_id)
    audit.record(session, Action.ALL_SESSIONS_ENDED, actor=actor, target=target, now=now)


async def tokens(
    session: AsyncSession, actor: Actor, user_id: UUID, request: PageRequest
) -> tuple[list[AccountToken], str | None]:
    """One page of the account's personal tokens, newest first. Raises `NotFound`."""
    await accounts_admin.get(session, actor, user_id)
    found, cursor = await personal_tokens.page(session, Actor(user_id=user_id), request)
    return [AccountToken.model_validate(each) for each in found], cursor


async def revoke_token(
    session: AsyncSession, actor: Actor, user_id: UUID, id: UUID, *, now: datetime
) -> None:
    """End one personal token of the account, at once. Raises `NotFound`."""
    owner = await _lock(session, actor, user_id)
    await crud.personal_token.revoke(session, owner, id, now)
    audit.record(
        session,
        Action.TOKEN_REVOKED,
        actor=actor,
        target=("token", id),
        subject_id=user_id,
        now=now,
    )


async def mail_reset_link(
    session: AsyncSession, actor: Actor, user_id: UUID, *, now: datetime
) -> None:
    """Have the account's owner mailed a link that resets the password.

    Raises `NotFound`, `Forbidden` when the account is disabled.
    """
    user = await accounts_admin.get(session, actor, user_id)
    if user.disabled_at is not None:
        raise Forbidden("The account is disabled: enable it first.")
    await password_resets.ask(session, user.email, now=now)
    audit.record(session, Action.RESET_ASKED, actor=actor, target=user, now=now)


async def _lock(session: AsyncSession, actor: Actor, user_id: UUID) -> Actor:
    """Lock the account, so that a sign-in under way is either seen or comes after; its owner."""
    await accounts_admin.lock_administration(session, actor)
    await crud.user.get_for_update(session, Actor.system(), user_id)
    return Actor(user_id=user_id)
