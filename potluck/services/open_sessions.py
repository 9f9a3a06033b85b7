"""What a person is signed in with, browsers and API clients alike: listed and ended.

Scripts are not among them: a personal token has a list of its own (`personal_tokens`), and never
the scope `account:security` that every operation on this one needs.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.core.actor import Actor
from potluck.core.paging import PageRequest
from potluck.crud.crud_open_session import BY_THE_OWNER
from potluck.domain.audit import Action
from potluck.services import audit, sessions, step_up


async def page(
    session: AsyncSession, actor: Actor, request: PageRequest, *, now: datetime
) -> tuple[list[schemas.Session], str | None]:
    """One page of the actor's sessions, last signed in first, and the next cursor."""
    found, cursor = await crud.open_session.page(session, actor, request, now)
    return [
        schemas.Session(
            id=each.id,
            kind=each.kind,
            user_agent=each.user_agent,
            created_at=each.created_at,
            last_seen_at=each.last_seen_at,
            ends_at=each.ends_at,
            is_current=each.id == actor.credential_id,
        )
        for each in found
    ], cursor


async def end(session: AsyncSession, actor: Actor, id: UUID, *, now: datetime) -> None:
    """End one of the actor's sessions, at once.

    Another than the one that asks only after a recent sign-in (OWASP ASVS 5.0, 7.5.2), or whoever
    sits at a device left open could throw its owner out. Raises `ReauthRequired`, `NotFound`,
    `InvalidToken`.
    """
    if id != actor.credential_id:
        step_up.check_recent(actor, now)
    await _lock(session, actor)
    await crud.open_session.end(session, actor, id, now)
    target = ("session", id)
    audit.record(session, Action.SESSION_ENDED, actor=actor, target=target, now=now)


async def end_others(session: AsyncSession, actor: Actor, *, now: datetime) -> None:
    """End every session of the actor but the one that was shown, at once.

    Raises `InvalidToken`.
    """
    user_id = await _lock(session, actor)
    but = actor.credential_id
    await crud.credential.end_sign_ins(session, user_id, BY_THE_OWNER, now, but=but)
    audit.record(session, Action.OTHER_SESSIONS_ENDED, actor=actor, now=now)


async def _lock(session: AsyncSession, actor: Actor) -> UUID:
    """Of two sessions that end each other the first stays: the second has ended by then.

    A sign-in takes the same lock, so one that is under way is either seen or comes after.
    """
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    await crud.user.get_for_update(session, actor, actor.user_id)
    await sessions.check_is_open(session, actor)
    return actor.user_id
