"""The recipes that somebody may take along, page by page."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.crud.crud_recipe import TAGS, recipe
from potluck.crud.tenancy import member_of, owned
from potluck.domain.roles import MANAGERS
from potluck.models import Media, Recipe


def exportable(actor: Actor) -> ColumnElement[bool]:
    """Owners and admins take along every recipe of the household that they see, all others those
    they wrote there.
    """
    own = and_(owned(Recipe.author_id, actor), member_of(Recipe.household_id, actor))
    managed = member_of(Recipe.household_id, actor, *MANAGERS)
    return and_(recipe.visible(actor), or_(managed, own))


async def count(session: AsyncSession, actor: Actor) -> int:
    """How many there are, over all households."""
    statement = select(func.count()).select_from(Recipe).where(exportable(actor))
    return await session.scalar(statement) or 0


async def page(
    session: AsyncSession, actor: Actor, household_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[tuple[Recipe, list[dict[str, Any]], Media | None]]:
    """The next recipes of a household behind one, oldest first: with tags and the picture."""
    statement = (
        select(Recipe, TAGS, Media)
        .outerjoin(Media, Media.id == Recipe.cover_id)
        .where(Recipe.household_id == household_id, exportable(actor))
        .order_by(Recipe.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(Recipe.id > after)
    return [(row[0], row[1], row[2]) for row in await session.execute(statement)]
