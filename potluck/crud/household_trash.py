"""Households in the trash: there for their owners to restore, for everybody else gone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import Forbidden, NotInTrash
from potluck.core.paging import PageRequest
from potluck.crud.keyset import Order, fetch_page
from potluck.crud.removal import remove_some
from potluck.crud.tenancy import in_trash, owned
from potluck.domain.roles import Role
from potluck.models import Household, IndexRequest, Media, Membership, Recipe, Tag, User

_IS_THERE = Household.deleted_at.is_not(None)


def restorable(actor: Actor) -> ColumnElement[bool]:
    """It lies in the trash, and the actor owns it."""
    mine = select(Membership.household_id).where(
        owned(Membership.user_id, actor), Membership.role == Role.OWNER
    )
    if actor.household_id is not None:
        mine = mine.where(Membership.household_id == actor.household_id)
    return and_(_IS_THERE, Household.id.in_(mine))


async def page(
    session: AsyncSession, actor: Actor, request: PageRequest
) -> tuple[list[Household], str | None]:
    """One page of what the actor could restore, last deleted first."""
    order = Order(Household.deleted_at, Household.id, descending=True)
    statement = select(Household).where(restorable(actor))
    rows, cursor = await fetch_page(session, statement, order, request)
    return [row[0] for row in rows], cursor


async def get_for_update(session: AsyncSession, actor: Actor, id: UUID) -> Household:
    """A household in the trash that the actor may restore, locked.

    For one that the actor belongs to, raises `NotInTrash`, or `Forbidden` when the actor could not
    restore it anyway; for all others `NotFound`.
    """
    seen = or_(crud.household.visible(actor), restorable(actor))
    statement = select(Household).where(Household.id == id, seen)
    found: Household | None = await session.scalar(statement.with_for_update(key_share=True))
    if found is None:
        raise crud.household.not_found()
    if found.deleted_at is None:
        own = await crud.household.with_role(session, actor, id)
        if own is None or own[1] != Role.OWNER:
            raise Forbidden("Only its owners restore a household.")
        raise NotInTrash("The household is not in the trash; there is nothing to restore.")
    return found


async def move_defaults(session: AsyncSession, id: UUID, now: datetime) -> None:
    """Whoever had it as default gets the household they have been in longest, or none."""
    other = (
        select(Membership.household_id)
        .where(Membership.user_id == User.id, ~in_trash(Membership.household_id))
        .order_by(Membership.created_at, Membership.id)
        .limit(1)
        .correlate(User)
        .scalar_subquery()
    )
    await session.execute(
        update(User)
        .where(User.default_household_id == id)
        .values(default_household_id=other, version=User.version + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )


async def purge(session: AsyncSession, *, deleted_before: datetime, limit: int) -> int | None:
    """Remove a part of one household that was deleted before the instant: `limit` rows at most.

    Gives how many recipes it was; None when nothing is due. The household goes once nothing of it
    is left. Its row is locked meanwhile, so a restore comes before or finds nothing.
    """
    due = (
        select(Household.id)
        .where(_IS_THERE, Household.deleted_at < deleted_before)
        .order_by(Household.deleted_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    id = await session.scalar(due)
    return None if id is None else await remove_part(session, id, limit)


async def remove_part(session: AsyncSession, id: UUID, limit: int) -> int:
    """Remove a part of a household in the trash that the caller has locked; how many recipes."""
    removed = await _remove_recipes(session, id, limit)
    if removed:
        return removed
    rows: tuple[tuple[Any, ColumnElement[bool]], ...] = (
        (Media.id, Media.household_id == id),
        (Tag.id, Tag.household_id == id),
    )
    for key, is_of_it in rows:
        if await remove_some(session, key, is_of_it):
            return 0
    await session.execute(delete(Household).where(Household.id == id))
    return 0


async def _remove_recipes(session: AsyncSession, id: UUID, limit: int) -> int:
    chosen = select(Recipe.id).where(Recipe.household_id == id).limit(limit)
    found = list(await session.scalars(chosen))
    if found:
        # Locked in this order elsewhere: the request to index, the recipe.
        waiting = select(IndexRequest.recipe_id).where(IndexRequest.recipe_id.in_(found))
        await session.execute(waiting.order_by(IndexRequest.recipe_id).with_for_update())
        await session.execute(delete(Recipe).where(Recipe.id.in_(found)))
    return len(found)
