"""What an actor may do with one recipe, for pages that offer it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import Forbidden
from potluck.models import Recipe


@dataclass(frozen=True)
class Rights:
    """Changing a recipe and putting it into the trash are two rights."""

    can_edit: bool = False
    can_delete: bool = False


async def of(session: AsyncSession, actor: Actor, id: UUID) -> Rights:
    """The actor's rights, in one statement; none in a recipe that the actor cannot see."""
    statement = select(crud.recipe.editable(actor), crud.recipe.deletable(actor)).where(
        Recipe.id == id, crud.recipe.visible(actor)
    )
    row = (await session.execute(statement)).one_or_none()
    return Rights() if row is None else Rights(bool(row[0]), bool(row[1]))


async def check_editable(session: AsyncSession, actor: Actor, id: UUID) -> None:
    """Raises `NotFound` for who may not see the recipe, `Forbidden` for who may not change it.

    For what takes long before it changes the recipe; the change itself asks again.
    """
    statement = select(crud.recipe.editable(actor)).where(
        Recipe.id == id, crud.recipe.visible(actor)
    )
    may = (await session.execute(statement)).scalar_one_or_none()
    if may is None:
        raise crud.recipe.not_found()
    if not may:
        raise Forbidden("Your role in the household does not allow this for the recipe.")
