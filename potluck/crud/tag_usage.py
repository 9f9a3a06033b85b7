"""Which tags are worth offering as filters."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.models import RecipeTag, Tag


async def most_used(
    session: AsyncSession,
    actor: Actor,
    *,
    household_id: UUID | None,
    limit: int,
    always: Collection[UUID] = (),
) -> list[tuple[UUID, str]]:
    """Id and name of the tags that most recipes carry, first those in `always`.

    Of one household, or of all that the actor belongs to.
    """
    is_chosen = case((Tag.id.in_(always), 0), else_=1)
    statement = (
        select(Tag.id, Tag.name)
        .join(RecipeTag, RecipeTag.tag_id == Tag.id)
        .where(crud.tag.visible(actor))
        .group_by(Tag.id, Tag.name, Tag.name_key)
        .order_by(is_chosen, func.count().desc(), Tag.name_key, Tag.id)
        .limit(limit + len(always))
    )
    if household_id is not None:
        statement = statement.where(Tag.household_id == household_id)
    return [(row[0], row[1]) for row in await session.execute(statement)]
