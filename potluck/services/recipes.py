"""Use cases of recipes: create, replace, change, delete, restore, and the history of each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.paging import PageRequest
from potluck.crud import recipe_feed
from potluck.domain.roles import CONTRIBUTORS
from potluck.models import Household, Recipe, Tag
from potluck.schemas.recipe import (
    ImportedVia,
    RecipeCreate,
    RecipeDocument,
    RecipePut,
    RecipeUpdate,
    RevisionReason,
)
from potluck.schemas.recipe.stored import RecipeInDB
from potluck.services import cover_wishes, documents, households, recipe_index, revisions, tags
from potluck.services.preconditions import check_match, etag_of_recipe
from potluck.services.recipe_projection import project

#: On SQLite the rows of so many go in 16 ms, with their index; the event loop waits for it.
PURGE_BATCH = 50


@dataclass(frozen=True)
class Saved:
    """A recipe after a save, with its tags in order."""

    recipe: Recipe
    tags: list[Tag]


async def destination(
    session: AsyncSession, actor: Actor, household_id: UUID | None, *, lock: bool = False
) -> Household:
    """The household that a new recipe of the actor goes to; None means the actor's default.

    Raises `Invalid` when there is none, `Forbidden` for who may not create recipes in it.
    """
    return await households.destination(
        session, actor, household_id, allowed=CONTRIBUTORS, lock=lock
    )


async def create(
    session: AsyncSession,
    actor: Actor,
    data: RecipeCreate,
    *,
    now: datetime,
    imported_via: ImportedVia | None = None,
) -> Saved:
    """A new recipe and its first revision. Raises as `destination`, and `Invalid`."""
    household = await destination(session, actor, data.household_id)
    found = await tags.find_or_create(session, household.id, data.tags, now=now)
    document = documents.build(
        data,
        language=data.language or household.locale,
        status=data.status or "published",
        visibility=data.visibility or household.default_visibility,  # type: ignore[arg-type]
        tag_ids=[tag.id for tag in found],
    )
    stored = RecipeInDB(
        **project(document).model_dump(),
        household_id=household.id,
        author_id=actor.user_id,
        imported_via=imported_via,
        revision=1,
    )
    recipe = await crud.recipe.create(session, stored, now=now)
    await crud.recipe.set_tags(session, recipe, found)
    reason: RevisionReason = "import" if imported_via else "create"
    saved = Saved(recipe, found)
    await revisions.add(session, actor, recipe, found, reason=reason, now=now)
    if recipe.image_url is not None:
        await cover_wishes.ask(session, recipe.id, recipe.image_url, now=now)
    await recipe_index.put(session, recipe, document, [tag.name for tag in found])
    await recipe_feed.stamp(session, recipe, now=now)
    return saved


async def replace(
    session: AsyncSession,
    actor: Actor,
    id: UUID,
    data: RecipePut,
    *,
    if_match: str | None,
    now: datetime,
) -> Saved:
    """Every writable member anew; what is left out takes its default, status and visibility stay.

    Raises `NotFound`, `Forbidden`, `PreconditionRequired`, `Stale`, `Invalid`.
    """
    recipe, previous, _ = await _open(session, actor, id, if_match)
    found = await tags.find_or_create(session, recipe.household_id, data.tags, now=now)
    household = await crud.household.get(session, actor, recipe.household_id)
    document = documents.build(
        data,
        language=data.language or household.locale,
        status=data.status or previous.status,
        visibility=data.visibility or previous.visibility,
        tag_ids=[tag.id for tag in found],
    )
    is_bare = cover_wishes.takes_off(data)
    return await _save(session, actor, recipe, previous, document, found, is_bare=is_bare, now=now)


async def update(
    session: AsyncSession,
    actor: Actor,
    id: UUID,
    data: RecipeUpdate,
    *,
    if_match: str | None,
    now: datetime,
) -> Saved:
    """Change the members sent; each replaces the old value whole. Raises as `replace`."""
    recipe, previous, found = await _open(session, actor, id, if_match)
    sent = data.changes().get("tags")
    if sent is not None:
        found = await tags.find_or_create(session, recipe.household_id, sent, now=now)
    document = documents.patch(previous, data, tag_ids=[tag.id for tag in found])
    is_bare = cover_wishes.takes_off(data)
    return await _save(session, actor, recipe, previous, document, found, is_bare=is_bare, now=now)


async def delete(
    session: AsyncSession, actor: Actor, id: UUID, *, if_match: str | None, now: datetime
) -> None:
    """Into the trash. Raises `NotFound`, `Forbidden`, `PreconditionRequired`, `Stale`."""
    allowed = crud.recipe.deletable(actor)
    recipe = await crud.recipe.get_for_update(session, actor, id, allowed=allowed)
    check_match(if_match, etag_of_recipe(recipe, await crud.recipe.tags_of(session, recipe)))
    await crud.recipe.update(session, recipe, {"deleted_at": now}, now=now)
    await recipe_index.put_readers(session, recipe)
    await recipe_feed.stamp(session, recipe, now=now)


async def restore(session: AsyncSession, actor: Actor, id: UUID, *, now: datetime) -> Saved:
    """Out of the trash, with everything it had. Raises `NotFound`, `NotInTrash`."""
    recipe = await crud.recipe.get_trashed_for_update(session, actor, id)
    await crud.recipe.update(session, recipe, {"deleted_at": None}, now=now)
    saved = Saved(recipe, await crud.recipe.tags_of(session, recipe))
    await recipe_index.put_readers(session, recipe)
    await recipe_feed.stamp(session, recipe, now=now)
    return saved


async def trash(
    session: AsyncSession, actor: Actor, request: PageRequest
) -> tuple[list[Any], str | None]:
    """One page of what the actor could restore."""
    return await crud.recipe.trash(session, actor, request)


async def purge(session: AsyncSession, *, keep_days: int, now: datetime) -> int:
    """Remove at most `PURGE_BATCH` recipes that lay in the trash too long; how many it were."""
    before = now - timedelta(days=keep_days)
    return await crud.recipe.purge(session, deleted_before=before, limit=PURGE_BATCH)


async def _open(
    session: AsyncSession, actor: Actor, id: UUID, if_match: str | None
) -> tuple[Recipe, RecipeDocument, list[Tag]]:
    """The recipe locked, its document, and its tags.

    The tags that still exist count, not those the document remembers: deleting a tag takes it
    off the recipes without touching their documents.
    """
    recipe = await crud.recipe.get_for_update(session, actor, id)
    found = await crud.recipe.tags_of(session, recipe)
    check_match(if_match, etag_of_recipe(recipe, found))
    document = RecipeDocument.model_validate_json(recipe.document)
    return recipe, document.model_copy(update={"tag_ids": [tag.id for tag in found]}), found


async def _save(
    session: AsyncSession,
    actor: Actor,
    recipe: Recipe,
    previous: RecipeDocument,
    document: RecipeDocument,
    found: list[Tag],
    *,
    is_bare: bool,
    now: datetime,
) -> Saved:
    """Write the new state and a revision of it; a save that changes nothing does neither.

    `is_bare` takes the picture off, which is a change of the row and not of the document.
    """
    document = cover_wishes.settled(document, previous, recipe.id)
    version_before, url_before, cover_before = recipe.version, recipe.image_url, recipe.cover_id
    columns: dict[str, Any] = {}
    if is_bare or await cover_wishes.is_outdated(session, recipe, document):
        columns["cover_id"] = None
    is_new_state = not documents.is_same(document, previous)
    if is_new_state:
        columns |= project(document).model_dump() | {"revision": recipe.revision + 1}
    await crud.recipe.update(session, recipe, columns, now=now)
    await cover_wishes.follow(
        session, recipe, url_before=url_before, cover_before=cover_before, now=now
    )
    if is_new_state and document.tag_ids != previous.tag_ids:
        await crud.recipe.set_tags(session, recipe, found)
    if is_new_state:
        await revisions.add(session, actor, recipe, found, reason="edit", now=now)
        await recipe_index.put(session, recipe, document, [tag.name for tag in found])
    if recipe.version != version_before:
        await recipe_feed.stamp(session, recipe, now=now)
    return Saved(recipe, found)
