"""Pictures: found through the recipe that shows them, removed when none does."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import NotFound
from potluck.crud.crud_recipe import recipe as recipes
from potluck.models import Media, Recipe

#: No recipe shows it.
_IS_UNUSED = ~select(Recipe.id).where(Recipe.cover_id == Media.id).exists()


class CRUDMedia:
    """Every statement about pictures. Who may see one is decided by the recipe alone."""

    async def add(self, session: AsyncSession, row: Media) -> None:
        """Store a new row; its files are there already."""
        session.add(row)
        await session.flush()

    async def cover_of(self, session: AsyncSession, recipe: Recipe) -> Media | None:
        """The picture of a recipe that was read; no statement when it has none."""
        if recipe.cover_id is None:
            return None
        return await session.get(Media, recipe.cover_id)

    async def shown(
        self, session: AsyncSession, actor: Actor, recipe_id: UUID, media_id: UUID
    ) -> tuple[Media, bool]:
        """The picture, if it is the cover of a recipe the actor may see; whether strangers may.

        Raises `NotFound`, the same for all that is not so.
        """
        for_all: ColumnElement[bool] = recipes.visible(Actor.anonymous())
        statement = (
            select(Media, for_all)
            .join(Recipe, Recipe.cover_id == Media.id)
            .where(and_(Recipe.id == recipe_id, Media.id == media_id, recipes.visible(actor)))
        )
        row = (await session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound("There is no such picture, or its recipe is not shared with you.")
        return row[0], bool(row[1])

    async def remove_unused(self, session: AsyncSession, *ids: UUID) -> None:
        """Remove those of the pictures that no recipe shows; their files are swept later."""
        await session.execute(delete(Media).where(Media.id.in_(ids), _IS_UNUSED))

    async def sweep(self, session: AsyncSession, *, limit: int) -> int:
        """Remove at most `limit` pictures that no recipe shows; how many were found."""
        found = list(await session.scalars(select(Media.id).where(_IS_UNUSED).limit(limit)))
        if found:
            await self.remove_unused(session, *found)
        return len(found)

    async def known(self, session: AsyncSession, digests: Collection[str]) -> set[str]:
        """Those of the digests that some picture has, of whatever household."""
        statement = select(Media.digest).where(Media.digest.in_(digests)).distinct()
        return set(await session.scalars(statement))


media = CRUDMedia()
