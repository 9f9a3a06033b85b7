"""What strangers may see, by the household and all together: for feeds and site maps."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.crud.crud_recipe import TAGS
from potluck.models import Household, Recipe

_IS_PUBLIC = crud.recipe.visible(Actor.anonymous())
#: Rows keep their place: new ones come last.
_OLDEST_FIRST = (Recipe.created_at, Recipe.id)


async def household_name(session: AsyncSession, id: UUID) -> str | None:
    """The name of the household that a recipe belongs to; None when the recipe is not public."""
    statement = (
        select(Household.name)
        .join(Recipe, Recipe.household_id == Household.id)
        .where(Recipe.id == id, _IS_PUBLIC)
    )
    found: str | None = await session.scalar(statement)
    return found


async def newest(
    session: AsyncSession, household_id: UUID, *, limit: int, longest_document: int
) -> list[Any]:
    """The household's public recipes, newest first, each with its tags and the household's name.

    `document` is None where the stored one has more than `longest_document` characters.
    """
    chosen = (
        select(Recipe.id)
        .where(Recipe.household_id == household_id, _IS_PUBLIC)
        .order_by(Recipe.created_at.desc(), Recipe.id.desc())
        .limit(limit)
        .subquery()
    )
    is_short = func.length(Recipe.document) <= longest_document
    statement = (
        select(
            Recipe.id,
            Recipe.title,
            Recipe.slug,
            Recipe.summary,
            Recipe.language,
            Recipe.created_at,
            Recipe.updated_at,
            case((is_short, Recipe.document), else_=null()).label("document"),
            TAGS,
            Household.name.label("household_name"),
        )
        .join(chosen, chosen.c.id == Recipe.id)
        .join(Household, Household.id == Recipe.household_id)
        .order_by(Recipe.created_at.desc(), Recipe.id.desc())
    )
    return list((await session.execute(statement)).all())


async def last_changes(session: AsyncSession, *, per_page: int) -> list[datetime]:
    """Of every page of `page`, in order, when a recipe on it last changed."""
    number = func.row_number().over(order_by=_OLDEST_FIRST) - 1
    numbered = (
        select(Recipe.updated_at, (number // per_page).label("page")).where(_IS_PUBLIC).subquery()
    )
    statement = (
        select(func.max(numbered.c.updated_at)).group_by(numbered.c.page).order_by(numbered.c.page)
    )
    return list(await session.scalars(statement))


async def page(session: AsyncSession, number: int, *, per_page: int) -> list[Any]:
    """Id, slug and last change of the public recipes of one page (the first is 1), oldest first."""
    statement = (
        select(Recipe.id, Recipe.slug, Recipe.updated_at)
        .where(_IS_PUBLIC)
        .order_by(*_OLDEST_FIRST)
        .limit(per_page)
        .offset((number - 1) * per_page)
    )
    return list((await session.execute(statement)).all())
