"""Sign-ins of browsers: an opaque cookie, kept as a digest, ended on the server."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import opaque
from potluck.core.account_settings import SessionSettings
from potluck.core.actor import Actor
from potluck.core.ids import new_id
from potluck.core.opaque import Prefix
from potluck.core.request_context import note_actor
from potluck.core.scopes import SCOPES_OF_LOGIN
from potluck.crud.tenancy import households_of
from potluck.domain.audit import Action
from potluck.models import User, WebSession
from potluck.services import audit
from potluck.services.sessions import fit_user_agent

#: How stale "last seen" may be. Writing it on every page view would make every read a write.
TOUCH_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class SignedIn:
    """The account behind a cookie, and whether its last use should be noted."""

    user: User
    actor: Actor
    session_id: str
    is_touch_due: bool


async def start(
    session: AsyncSession,
    user: User,
    limits: SessionSettings,
    *,
    now: datetime,
    user_agent: str | None,
    is_remembered: bool = False,
) -> str:
    """A new session for someone who has proved who they are; gives the cookie's value.

    One that is remembered has a later absolute end; left alone, it ends as early as any other.
    """
    lives_s = limits.remembered_s if is_remembered else limits.absolute_s
    value = opaque.issue(Prefix.SESSION)
    row = WebSession(
        id=new_id(),
        digest=opaque.digest(value),
        user_id=user.id,
        user_agent=fit_user_agent(user_agent),
        created_at=now,
        seen_at=now,
        idle_until=now + timedelta(seconds=limits.idle_s),
        absolute_until=now + timedelta(seconds=lives_s),
        auth_epoch=user.auth_epoch,
    )
    await crud.credential.add(session, row)
    return value


async def replace(
    session: AsyncSession,
    before: str,
    user: User,
    limits: SessionSettings,
    *,
    now: datetime,
    user_agent: str | None,
) -> tuple[str, bool]:
    """A new session in the place of an open one, for someone who has proved again who they are.

    It ends when the one before would have, at the latest. Gives the cookie's value, and whether
    the browser must keep it for longer than one that is not remembered.
    """
    found = await crud.credential.web_session_and_user(session, opaque.digest(before))
    assert found is not None  # noqa: S101 - whoever is signed in has shown it
    old = found[0]
    old.revoked_at = old.revoked_at or now
    value = await start(session, user, limits, now=now, user_agent=user_agent)
    made = await crud.credential.web_session_and_user(session, opaque.digest(value))
    assert made is not None  # noqa: S101 - it was started a line before
    made[0].absolute_until = old.absolute_until
    await session.flush()
    return value, old.absolute_until - now > timedelta(seconds=limits.absolute_s)


async def find(session: AsyncSession, value: str | None, now: datetime) -> SignedIn | None:
    """Who the cookie's value stands for; None when it is absent, ended, idle or too old."""
    if value is None or not opaque.has_prefix(value, Prefix.SESSION):
        return None
    found = await crud.credential.web_session_and_user(session, opaque.digest(value))
    if found is None:
        return None
    row, user = found
    if (
        row.revoked_at is not None
        or min(row.idle_until, row.absolute_until) <= now
        or not user.can_sign_in(now)
        or row.auth_epoch != user.auth_epoch
    ):
        return None
    note_actor(user.id, "session")
    actor = Actor(
        user_id=user.id,
        scopes=SCOPES_OF_LOGIN,
        is_instance_admin=user.is_instance_admin,
        credential_id=row.id,
        households=households_of(user),
        auth_at=row.created_at,
    )
    return SignedIn(user, actor, str(row.id), is_touch_due=now - row.seen_at > TOUCH_EVERY)


async def touch(session: AsyncSession, value: str, limits: SessionSettings, now: datetime) -> None:
    """Note that the session is in use, which puts its idle end off."""
    found = await crud.credential.web_session_and_user(session, opaque.digest(value))
    if found is not None:
        row = found[0]
        row.seen_at = now
        row.idle_until = now + timedelta(seconds=limits.idle_s)
        await session.flush()


async def end(session: AsyncSession, value: str, now: datetime) -> None:
    """End the session on the server; a copy of the cookie is worth nothing any more."""
    found = await crud.credential.web_session_and_user(session, opaque.digest(value))
    if found is not None and found[0].revoked_at is None:
        row, user = found
        row.revoked_at = now
        await session.flush()
        actor = Actor(user_id=user.id, credential_id=row.id)
        target = ("session", row.id)
        audit.record(session, Action.SIGNED_OUT, actor=actor, target=target, now=now)
