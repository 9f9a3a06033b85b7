"""Recipes: who sees and who changes them, and every statement about the rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import Forbidden, NotInTrash
from potluck.core.paging import PageRequest
from potluck.crud.base import CRUDBase
from potluck.crud.keyset import Order, cut
from potluck.crud.prepared import prepared
from potluck.crud.tenancy import in_trash, member_of, owned
from potluck.db.json_rows import json_objects
from potluck.domain.roles import CONTRIBUTORS, EDITORS, MANAGERS, Role
from potluck.models import IndexRequest, Media, Recipe, RecipeTag, Tag
from potluck.schemas.recipe import RecipeUpdate
from potluck.schemas.recipe.stored import RecipeInDB

#: The tags of a recipe as a JSON list of {id, kind, name, position}, in the statement of the row.
TAGS = type_coerce(
    select(
        json_objects(
            "id", Tag.id, "kind", Tag.kind, "name", Tag.name, "position", RecipeTag.position
        )
    )
    .join_from(RecipeTag, Tag, Tag.id == RecipeTag.tag_id)
    .where(RecipeTag.recipe_id == Recipe.id)
    .correlate(Recipe)
    .scalar_subquery(),
    JSON,
).label("tags")

SUMMARY = (
    Recipe.id,
    Recipe.household_id,
    Recipe.author_id,
    Recipe.title,
    Recipe.title_key,
    Recipe.slug,
    Recipe.summary,
    Recipe.language,
    Recipe.status,
    Recipe.visibility,
    Recipe.image_url,
    Recipe.cover_id,
    Media.colour,
    Media.focus_x,
    Media.focus_y,
    Media.widths,
    Media.formats,
    Recipe.total_time_s,
    Recipe.servings_n,
    Recipe.servings_d,
    Recipe.version,
    Recipe.created_at,
    Recipe.updated_at,
    Recipe.deleted_at,
    TAGS,
)
#: What selects `SUMMARY`: the picture of a recipe is a row of its own.
SUMMARIES = select(*SUMMARY).outerjoin(Media, Media.id == Recipe.cover_id)


class CRUDRecipe(CRUDBase[Recipe, RecipeInDB, RecipeUpdate]):
    """What lies in the trash is visible to nobody; `trash` and `get_trashed` look there."""

    model = Recipe
    noun = "recipe"

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        return and_(Recipe.deleted_at.is_(None), self.readable(actor))

    def editable(self, actor: Actor) -> ColumnElement[bool]:
        if actor.is_system:
            return true()
        own = and_(owned(Recipe.author_id, actor), self._of(actor, *CONTRIBUTORS))
        return or_(self._of(actor, *EDITORS), own)

    def deletable(self, actor: Actor) -> ColumnElement[bool]:
        """Owners and admins delete any recipe, editors their own."""
        if actor.is_system:
            return true()
        own = and_(owned(Recipe.author_id, actor), self._of(actor, *EDITORS))
        return or_(self._of(actor, *MANAGERS), own)

    def readable(self, actor: Actor) -> ColumnElement[bool]:
        """Who may read a recipe, wherever it lies.

        Members read what is not private. A private recipe is its author's, while a member; once
        the account is gone, the owners'. Others read what is published for them; a token for one
        household reads of the others what strangers read. With its household in the trash it is
        nobody's.
        """
        if actor.is_system:
            return true()
        inside = and_(
            self._of(actor),
            or_(
                Recipe.visibility != "private",
                owned(Recipe.author_id, actor),
                and_(self._of(actor, Role.OWNER), Recipe.author_id.is_(None)),
            ),
        )
        is_stranger = actor.user_id is None or actor.household_id is not None
        for_all = ["public"] if is_stranger else ["public", "instance"]
        outside = and_(
            Recipe.status == "published",
            Recipe.visibility.in_(for_all),
            ~in_trash(Recipe.household_id),
        )
        return or_(inside, outside)

    def of_my_households(self, actor: Actor) -> ColumnElement[bool]:
        """The recipe belongs to a household of the actor."""
        return true() if actor.is_system else self._of(actor)

    async def answer(
        self, session: AsyncSession, actor: Actor, id: UUID
    ) -> tuple[Recipe, list[dict[str, Any]]]:
        """A recipe with its tags, in one statement. Raises `NotFound`."""
        statement, values = self._answer(actor)
        row = (await session.execute(statement, values | {"id": id})).one_or_none()
        if row is None:
            raise self.not_found()
        return row[0], row[1]

    @prepared
    def _answer(self, actor: Actor) -> Select[Any]:
        return select(Recipe, TAGS).where(Recipe.id == bindparam("id"), self.visible(actor))

    async def tags_of(self, session: AsyncSession, recipe: Recipe) -> list[Tag]:
        """The recipe's tags in its order."""
        statement = (
            select(Tag)
            .join(RecipeTag, RecipeTag.tag_id == Tag.id)
            .where(RecipeTag.recipe_id == recipe.id)
            .order_by(RecipeTag.position)
        )
        return list(await session.scalars(statement))

    async def set_tags(self, session: AsyncSession, recipe: Recipe, tags: Sequence[Tag]) -> None:
        """Write the projection of the document's tags."""
        await session.execute(delete(RecipeTag).where(RecipeTag.recipe_id == recipe.id))
        session.add_all(
            RecipeTag(
                recipe_id=recipe.id,
                tag_id=tag.id,
                household_id=recipe.household_id,
                position=position,
            )
            for position, tag in enumerate(tags)
        )
        await session.flush()

    async def summaries(
        self,
        session: AsyncSession,
        actor: Actor,
        request: PageRequest,
        *where: ColumnElement[bool],
        order: Order,
    ) -> tuple[list[Any], str | None]:
        """One page of rows with the columns of `SUMMARY`, in one statement."""
        return await self.rows(session, request, self.visible(actor), *where, order=order)

    async def trash(
        self, session: AsyncSession, actor: Actor, request: PageRequest
    ) -> tuple[list[Any], str | None]:
        """One page of what the actor could restore, last deleted first."""
        return await self.rows(
            session,
            request,
            Recipe.deleted_at.is_not(None),
            self.readable(actor),
            self.deletable(actor),
            order=Order(Recipe.deleted_at, Recipe.id, descending=True),
        )

    async def get_trashed_for_update(self, session: AsyncSession, actor: Actor, id: UUID) -> Recipe:
        """A recipe in the trash that the actor may restore, locked.

        For one that the actor sees outside the trash, raises `NotInTrash`, or `Forbidden` when the
        actor could not restore it anyway; for all others `NotFound`.
        """
        statement = (
            select(Recipe, self.deletable(actor))
            .where(Recipe.id == id, self.readable(actor))
            .with_for_update(of=Recipe, key_share=True)
        )
        row = (await session.execute(statement)).one_or_none()
        if row is None or (row[0].deleted_at is not None and not row[1]):
            raise self.not_found()
        if not row[1]:
            raise Forbidden("Your role in the household does not allow this for the recipe.")
        if row[0].deleted_at is None:
            raise NotInTrash("The recipe is not in the trash; there is nothing to restore.")
        found: Recipe = row[0]
        return found

    async def lock(self, session: AsyncSession, id: UUID) -> Recipe | None:
        """For the service's own work: a recipe wherever it lies, locked; None when it is gone."""
        statement = select(Recipe).where(Recipe.id == id).with_for_update(key_share=True)
        found: Recipe | None = await session.scalar(statement)
        return found

    async def check_member(self, session: AsyncSession, actor: Actor, id: UUID) -> None:
        """Raises `NotFound` for who may not see the recipe, `Forbidden` for who is no member."""
        statement = select(self.of_my_households(actor)).where(Recipe.id == id, self.visible(actor))
        is_member = (await session.execute(statement)).scalar_one_or_none()
        if is_member is None:
            raise self.not_found()
        if not is_member:
            raise Forbidden("Only members of the recipe's household may see its history.")

    async def with_source(
        self, session: AsyncSession, actor: Actor, household_id: UUID, source_key: str
    ) -> Recipe | None:
        """The newest recipe of the household that was taken from this page."""
        statement = (
            self.query(actor)
            .where(Recipe.household_id == household_id, Recipe.source_key == source_key)
            .order_by(Recipe.created_at.desc(), Recipe.id.desc())
            .limit(1)
        )
        found: Recipe | None = await session.scalar(statement)
        return found

    async def purge(self, session: AsyncSession, *, deleted_before: datetime, limit: int) -> int:
        """Remove at most `limit` recipes that were deleted before the instant; how many were found.

        The condition stands in the DELETE once more: a recipe that is being restored meanwhile is
        looked at again when its lock is free, and stays.
        """
        is_due = Recipe.deleted_at < deleted_before
        found = list(await session.scalars(select(Recipe.id).where(is_due).limit(limit)))
        if found:
            # What waits to be indexed is locked in this order elsewhere: the request, the recipe.
            waiting = select(IndexRequest.recipe_id).where(IndexRequest.recipe_id.in_(found))
            waiting = waiting.order_by(IndexRequest.recipe_id)
            await session.execute(waiting.with_for_update())
            await session.execute(delete(Recipe).where(Recipe.id.in_(found), is_due))
        return len(found)

    async def rows(
        self,
        session: AsyncSession,
        request: PageRequest,
        *where: ColumnElement[bool],
        order: Order,
    ) -> tuple[list[Any], str | None]:
        """One page of rows with the columns of `SUMMARY`, whoever asks.

        The page is chosen first, so that tags are looked up for its rows alone.
        """
        statement = self.shown(order.apply(self.chosen(*where), request), order)
        return cut((await session.execute(statement)).all(), order, request)

    def chosen(self, *where: ColumnElement[bool]) -> Select[Any]:
        """The ids of the recipes for which all of `where` holds."""
        return select(Recipe.id).where(*where)

    def shown(self, chosen: Select[Any], order: Order) -> Select[Any]:
        """The columns of `SUMMARY` for the ids that a statement chooses."""
        ids = chosen.subquery()
        return order.sort(SUMMARIES.join(ids, ids.c.id == Recipe.id))

    def _of(self, actor: Actor, *roles: Role) -> ColumnElement[bool]:
        return member_of(Recipe.household_id, actor, *roles)


recipe = CRUDRecipe()
