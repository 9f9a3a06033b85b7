"""The saved states of recipes. They share the visibility of their recipe, which the caller asks."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.errors import NotFound
from potluck.core.paging import PageRequest
from potluck.crud.keyset import Order, fetch_page
from potluck.models import RecipeRevision


class CRUDRecipeRevision:
    """Revisions are added and read, never changed."""

    async def add(self, session: AsyncSession, revision: RecipeRevision) -> None:
        """Store a new state."""
        session.add(revision)
        await session.flush()

    async def page(
        self, session: AsyncSession, recipe_id: UUID, request: PageRequest
    ) -> tuple[list[RecipeRevision], str | None]:
        """One page of a recipe's states, newest first."""
        statement = select(RecipeRevision).where(RecipeRevision.recipe_id == recipe_id)
        order = Order(RecipeRevision.number, RecipeRevision.id, descending=True)
        rows, cursor = await fetch_page(session, statement, order, request)
        return [row[0] for row in rows], cursor

    async def get(self, session: AsyncSession, recipe_id: UUID, number: int) -> RecipeRevision:
        """One state. Raises `NotFound`."""
        statement = select(RecipeRevision).where(
            RecipeRevision.recipe_id == recipe_id, RecipeRevision.number == number
        )
        found: RecipeRevision | None = await session.scalar(statement)
        if found is None:
            raise NotFound("The recipe has no revision of this number.")
        return found


recipe_revision = CRUDRecipeRevision()
