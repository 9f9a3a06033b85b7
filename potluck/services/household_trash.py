"""Deleting a household, which its owners may undo for as long as the trash keeps it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.core.actor import Actor
from potluck.core.paging import PageRequest
from potluck.crud import household_trash
from potluck.crud.tenancy import member_of
from potluck.domain.audit import Action
from potluck.domain.roles import Role
from potluck.models import Household
from potluck.services import audit, household_mails, households
from potluck.services.preconditions import check_match, etag_of

#: Recipes that are removed in one unit of work.
PURGE_BATCH = 200


async def delete(
    session: AsyncSession,
    actor: Actor,
    id: UUID,
    *,
    if_match: str | None,
    keep_days: int,
    now: datetime,
) -> Household:
    """Put the household into the trash, with everything in it; for owners.

    From here on nobody sees it or what it owns; the other members are told. Raises `NotFound`,
    `Forbidden`, `PreconditionRequired`, `Stale`.
    """
    owners = member_of(Household.id, actor, Role.OWNER)
    row = await crud.household.get_for_update(session, actor, id, allowed=owners)
    await households.check_may_grant(session, actor, id, Role.OWNER)
    check_match(if_match, etag_of(row))
    await crud.household.update(session, row, {"deleted_at": now}, now=now)
    await household_trash.move_defaults(session, id, now)
    audit.record(session, Action.HOUSEHOLD_DELETED, actor=actor, target=row, now=now)
    until = now + timedelta(days=keep_days)
    await household_mails.tell_deleted(session, actor, row, until=until, now=now)
    return row


async def page(
    session: AsyncSession, actor: Actor, request: PageRequest, *, keep_days: int
) -> tuple[list[schemas.TrashedHousehold], str | None]:
    """A page of those that the actor could restore, last deleted first, and the next cursor."""
    rows, cursor = await household_trash.page(session, actor, request)
    return [_trashed(row, keep_days) for row in rows], cursor


async def restore(session: AsyncSession, actor: Actor, id: UUID, *, now: datetime) -> Household:
    """Take the household out of the trash, with everything it had.

    It becomes the default of the actor who has none. Raises `NotFound`, `Forbidden`, `NotInTrash`.
    """
    row = await household_trash.get_for_update(session, actor, id)
    restored = await crud.household.update(session, row, {"deleted_at": None}, now=now)
    user = await households.own_account(session, actor)
    if user.default_household_id is None:
        await crud.user.update(session, user, {"default_household_id": id}, now=now)
    audit.record(session, Action.HOUSEHOLD_RESTORED, actor=actor, target=row, now=now)
    return restored


async def purge(session: AsyncSession, *, keep_days: int, now: datetime) -> int | None:
    """Remove a part of what lay in the trash too long: how many recipes, None when none is due."""
    before = now - timedelta(days=keep_days)
    return await household_trash.purge(session, deleted_before=before, limit=PURGE_BATCH)


def _trashed(row: Household, keep_days: int) -> schemas.TrashedHousehold:
    assert row.deleted_at is not None  # noqa: S101 - it was asked for by that
    known = schemas.Household.model_validate(row).model_dump()
    purge_at = row.deleted_at + timedelta(days=keep_days)
    return schemas.TrashedHousehold(**known, deleted_at=row.deleted_at, purge_at=purge_at)
