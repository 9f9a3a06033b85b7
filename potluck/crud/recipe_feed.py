"""The change feed of recipes: `updated_at` grows in the order of the commits.

A client that keeps the greatest `updated_at` it has seen misses nothing if no change ever appears
at or below one that could be read before. So every unit of work that changes recipes ends with a
*stamp*: it takes the row of `RecipeClock`, which the next one gets only when this one's commit can
be seen by all, and puts its changes after all that came before, whatever the machines' clocks say.

The stamp comes last: nothing may be waited for while the row is held, or everybody who changes a
recipe waits as well.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.clock import instant, microseconds
from potluck.core.paging import PageRequest
from potluck.crud.dialect import insert_into
from potluck.crud.keyset import Order
from potluck.models import Recipe, RecipeClock, RecipeTag, Tag


async def stamp(session: AsyncSession, recipe: Recipe, *, now: datetime) -> None:
    """Give a recipe that was written in this unit of work its place among all changes.

    Its `updated_at` is `now`, or a microsecond after the last change of any recipe if that is
    later. Call it after every other statement.
    """
    at = await _take_turn(session, now)
    if recipe.updated_at == at:
        return
    # Past the session: the change of the row is counted already, once.
    await session.execute(
        update(Recipe)
        .where(Recipe.id == recipe.id)
        .values(updated_at=at)
        .execution_options(synchronize_session=False)
    )
    set_committed_value(recipe, "updated_at", at)


async def count_change_of_carriers(session: AsyncSession, tag: Tag, *, now: datetime) -> None:
    """Count a change of every recipe that carries the tag, and stamp them.

    They must be locked by `crud.tag.lock_carriers`; from here on nothing is waited for.
    """
    carrying = select(RecipeTag.recipe_id).where(RecipeTag.tag_id == tag.id)
    await session.execute(
        update(Recipe)
        .where(Recipe.id.in_(carrying))
        .values(version=Recipe.version + 1, updated_at=await _take_turn(session, now))
        .execution_options(synchronize_session=False)
    )


async def release_from_author(
    session: AsyncSession, user_id: UUID, *, now: datetime, limit: int
) -> int:
    """Leave at most `limit` recipes of an account without an author, and stamp them; how many.

    Who follows the feed hears of it: the author stands in the recipe.
    """
    written = select(Recipe.id).where(Recipe.author_id == user_id).order_by(Recipe.id).limit(limit)
    ids = list(await session.scalars(written.with_for_update(key_share=True)))
    if ids:
        await session.execute(
            update(Recipe)
            .where(Recipe.id.in_(ids))
            .values(
                author_id=None,
                version=Recipe.version + 1,
                updated_at=await _take_turn(session, now),
            )
            .execution_options(synchronize_session=False)
        )
    return len(ids)


async def page(
    session: AsyncSession,
    actor: Actor,
    request: PageRequest,
    *,
    since: datetime,
    household_id: UUID | None,
) -> tuple[list[Any], str | None]:
    """One page of what changed at `since` or later, in the order of the commits.

    Rows of every status and those in the trash, of one household or of all that the actor reads.
    """
    wanted = [Recipe.updated_at >= since, crud.recipe.readable(actor)]
    if household_id is not None:
        wanted.append(Recipe.household_id == household_id)
    return await crud.recipe.rows(
        session, request, *wanted, order=Order(Recipe.updated_at, Recipe.id)
    )


async def _take_turn(session: AsyncSession, now: datetime) -> datetime:
    """Wait until no other unit of work stands between its stamp and its end; the instant to use."""
    now_us, last_us = microseconds(now), RecipeClock.last_us
    statement = insert_into(session, RecipeClock).values(id=1, last_us=now_us)
    later = case((last_us < now_us, now_us), else_=last_us + 1)
    turn = statement.on_conflict_do_update(index_elements=["id"], set_={"last_us": later})
    at_us: int = (await session.execute(turn.returning(last_us))).scalar_one()
    return instant(at_us)
