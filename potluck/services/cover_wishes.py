"""What saving a recipe means for its picture: which one stays, which one is to be fetched.

The document keeps the address of the page's picture; the picture that we show for it is a row of
its own, which comes later and is no part of the document or its history.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.models import Recipe
from potluck.schemas.job import FetchCover
from potluck.schemas.recipe import RecipeDocument, RecipePut, RecipeUpdate
from potluck.services import cover_urls, jobs


def settled(document: RecipeDocument, previous: RecipeDocument, id: UUID) -> RecipeDocument:
    """The document with the page's picture where our own address of it was sent back."""
    if document.image_url is None or not cover_urls.is_own(document.image_url, id):
        return document
    return document.model_copy(update={"image_url": previous.image_url})


def takes_off(data: RecipePut | RecipeUpdate) -> bool:
    """Whether the caller wants no picture: null was sent, and not only left out."""
    return "image_url" in data.model_fields_set and data.image_url is None


async def is_outdated(session: AsyncSession, recipe: Recipe, document: RecipeDocument) -> bool:
    """Whether the picture was fetched from an address that the document gives another for.

    One that somebody sent stays, whatever picture the page has.
    """
    if document.image_url in {None, recipe.image_url}:
        return False
    media = await crud.media.cover_of(session, recipe)
    return media is not None and media.origin_url not in {None, document.image_url}


async def follow(
    session: AsyncSession,
    recipe: Recipe,
    *,
    url_before: str | None,
    cover_before: UUID | None,
    now: datetime,
) -> None:
    """After the row was saved: let go what it shows no more, ask for what it has yet to show."""
    if cover_before is not None and recipe.cover_id is None:
        await crud.media.remove_unused(session, cover_before)
    if recipe.image_url == url_before:
        return
    await forget(session, recipe.id, now=now)
    if recipe.image_url is not None and recipe.cover_id is None:
        await ask(session, recipe.id, recipe.image_url, now=now)


async def ask(session: AsyncSession, recipe_id: UUID, url: str, *, now: datetime) -> None:
    """Have the picture of a page fetched; nothing is to be fetched for the recipe yet."""
    wish = FetchCover(recipe_id=recipe_id, url=url)
    await jobs.enqueue(session, wish, key=_key(recipe_id), now=now)


async def forget(session: AsyncSession, recipe_id: UUID, *, now: datetime) -> None:
    """Want no picture any more; one that is being fetched is not shown."""
    await jobs.cancel(session, _key(recipe_id), now=now)


async def is_pending(session: AsyncSession, recipe_id: UUID) -> bool:
    """Whether a picture is on its way."""
    return await crud.job.live(session, _key(recipe_id)) is not None


def _key(recipe_id: UUID) -> str:
    return f"fetch-cover:{recipe_id}"
