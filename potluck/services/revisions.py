"""The history of a recipe: every saved state, immutable, numbered without gaps."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.ids import new_id
from potluck.core.paging import PageRequest
from potluck.models import Recipe, RecipeRevision, Tag
from potluck.schemas.recipe import RevisionReason
from potluck.services import documents


async def add(
    session: AsyncSession,
    actor: Actor,
    recipe: Recipe,
    tags: list[Tag],
    *,
    reason: RevisionReason,
    now: datetime,
) -> None:
    """Keep this state as number `recipe.revision`, with the words of its tags as they are."""
    words = [{"id": str(tag.id), "kind": tag.kind, "name": tag.name} for tag in tags]
    revision = RecipeRevision(
        id=new_id(),
        recipe_id=recipe.id,
        number=recipe.revision,
        reason=reason,
        author_id=actor.user_id,
        created_at=now,
        sha256=documents.sha256(recipe.document),
        document=recipe.document,
        tags=json.dumps(words, ensure_ascii=False),
    )
    await crud.recipe_revision.add(session, revision)


async def page(
    session: AsyncSession, actor: Actor, recipe_id: UUID, request: PageRequest
) -> tuple[list[RecipeRevision], str | None]:
    """One page of the states, newest first. Raises `NotFound`, `Forbidden` for non-members."""
    await crud.recipe.check_member(session, actor, recipe_id)
    return await crud.recipe_revision.page(session, recipe_id, request)


async def get(session: AsyncSession, actor: Actor, recipe_id: UUID, number: int) -> RecipeRevision:
    """One state. Raises `NotFound`, `Forbidden` for non-members."""
    await crud.recipe.check_member(session, actor, recipe_id)
    return await crud.recipe_revision.get(session, recipe_id, number)
