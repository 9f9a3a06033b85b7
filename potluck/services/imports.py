"""Taking a recipe from one page: fetch, read, look for a duplicate, save.

Fetching and reading come first and hold no database connection: a slow site must not keep anyone
from the write lock.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.clients.fetcher import Fetcher
from potluck.core.actor import Actor
from potluck.core.errors import AlreadyImported
from potluck.domain.page_recipe import PageRecipe
from potluck.models import Household, Recipe
from potluck.schemas.page_import import ImportRequest, ImportResult, RecipeDraft
from potluck.schemas.recipe import ImportedVia, RecipeCreate, RecipeDocument
from potluck.services import documents, drafts, recipe_answers, recipes
from potluck.services.page_reading import PageReader
from potluck.services.recipe_projection import source_key
from potluck.services.recipes import Saved


@dataclass(frozen=True)
class Page:
    """A page that was read: the recipe on it, ready to be saved, and what was lost on the way."""

    read: PageRecipe
    data: RecipeCreate
    warnings: list[dict[str, str]]
    url_fetched: str | None
    imported_via: ImportedVia


async def read_page(
    actor: Actor,
    data: ImportRequest,
    household_id: UUID,
    *,
    fetcher: Fetcher,
    reader: PageReader,
) -> Page:
    """Fetch the page unless its HTML was sent, and read the recipe on it.

    Raises the refusals of the fetcher and of the reader (`PageProblem`), `Unavailable`.
    """
    html, address, fetched = data.html, data.url, None
    if html is None:
        assert data.url is not None  # noqa: S101 - the schema wants one of the two
        page = await fetcher.page(data.url, asker=str(actor.user_id))
        html, address, fetched = page.html, page.url, page.url
    read = await reader.read(html, address)
    draft = drafts.draft_from(read, url_original=data.url)
    content = RecipeCreate.model_validate(draft.content | {"household_id": household_id})
    return Page(
        read=read,
        data=content,
        warnings=draft.warnings,
        url_fetched=fetched,
        imported_via="url" if data.html is None else "html",
    )


async def preview(
    session: AsyncSession, actor: Actor, page: Page, household: Household
) -> ImportResult:
    """What saving would give; stores nothing."""
    duplicate = await _duplicate(session, actor, page.data, household.id)
    return _result(page, household, duplicate=duplicate)


async def save(
    session: AsyncSession, actor: Actor, page: Page, *, again: bool, now: datetime, public_url: str
) -> tuple[ImportResult, Saved]:
    """Store the recipe. Raises as `keep`."""
    household, duplicate, saved = await keep(
        session, actor, page.data, imported_via=page.imported_via, again=again, now=now
    )
    recipe = recipe_answers.saved(saved.recipe, saved.tags, public_url=public_url)
    return _result(page, household, duplicate=duplicate, saved=saved, recipe=recipe), saved


async def keep(
    session: AsyncSession,
    actor: Actor,
    data: RecipeCreate,
    *,
    imported_via: ImportedVia,
    again: bool,
    now: datetime,
) -> tuple[Household, Recipe | None, Saved]:
    """Store what was read from a page, perhaps changed since, and say which recipe it doubles.

    Raises `AlreadyImported` unless `again`, and as `recipes.create`.
    """
    # The lock makes a second import of the same page wait, and find the first.
    household = await recipes.destination(session, actor, data.household_id, lock=True)
    duplicate = await _duplicate(session, actor, data, household.id)
    if duplicate is not None and not again:
        raise AlreadyImported(
            f"“{duplicate.title}” was taken from this page before.",
            recipe_id=duplicate.id,
            recipe_url=f"/recipes/{duplicate.id}/{duplicate.slug}",
        )
    saved = await recipes.create(session, actor, data, now=now, imported_via=imported_via)
    return household, duplicate, saved


async def _duplicate(
    session: AsyncSession, actor: Actor, data: RecipeCreate, household_id: UUID
) -> Recipe | None:
    """What two imports of one page have in common is its address."""
    key = source_key(data.source.url_canonical or data.source.url_original)
    if key is None:
        return None
    return await crud.recipe.with_source(session, actor, household_id, key)


def _result(
    page: Page,
    household: Household,
    *,
    duplicate: Recipe | None,
    saved: Saved | None = None,
    recipe: schemas.Recipe | None = None,
) -> ImportResult:
    return ImportResult(
        recipe=recipe,
        draft=_draft(page.data, household, saved),
        method=page.read.method,
        url_fetched=page.url_fetched,
        url_canonical=page.data.source.url_canonical,
        duplicate_of=duplicate.id if duplicate else None,
        warnings=[schemas.PageWarning.model_validate(each) for each in page.warnings],
    )


def _draft(data: RecipeCreate, household: Household, saved: Saved | None) -> RecipeDraft:
    """The members as they are stored, or would be: what is previewed is what is saved."""
    tags: list[dict[str, Any]] = [{"kind": tag.kind, "name": tag.name} for tag in data.tags]
    if saved is not None:
        stored = RecipeDocument.model_validate_json(saved.recipe.document)
        return RecipeDraft(**documents.content(stored), tags=tags)
    document = documents.build(
        data,
        language=data.language or household.locale,
        status=data.status or "published",
        visibility=data.visibility or household.default_visibility,  # type: ignore[arg-type]
        tag_ids=[],
    )
    return RecipeDraft(**documents.content(document), tags=tags)
