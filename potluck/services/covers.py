"""Use cases of cover pictures: sent by somebody, taken off, fetched from a page, looked at."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.ids import new_id
from potluck.crud import recipe_feed, recipe_rights
from potluck.models import Media, Recipe
from potluck.schemas.recipe import RecipeUpdate
from potluck.services import cover_wishes, recipes
from potluck.services.picture_intake import Picture
from potluck.services.preconditions import check_match, etag_of_recipe
from potluck.services.recipes import Saved

#: Where a crop looks, in percent from the left and from the top; None leaves it to the picture.
Focus = tuple[int | None, int | None]


async def check(session: AsyncSession, actor: Actor, recipe_id: UUID) -> None:
    """Before a picture is read at all. Raises `NotFound`, `Forbidden`."""
    await recipe_rights.check_editable(session, actor, recipe_id)


async def attach(
    session: AsyncSession,
    actor: Actor,
    recipe_id: UUID,
    picture: Picture,
    *,
    focus: Focus = (None, None),
    if_match: str | None,
    now: datetime,
) -> Saved:
    """Show a picture that was sent; its files are stored already.

    Raises `NotFound`, `Forbidden`, and `Stale` for an `if_match` that names another state.
    """
    recipe = await crud.recipe.get_for_update(session, actor, recipe_id)
    found = await crud.recipe.tags_of(session, recipe)
    if if_match is not None:
        check_match(if_match, etag_of_recipe(recipe, found))
    await cover_wishes.forget(session, recipe.id, now=now)
    await _show(session, recipe, picture, focus=focus, origin_url=None, now=now)
    return Saved(recipe, found)


async def remove(
    session: AsyncSession,
    actor: Actor,
    recipe_id: UUID,
    *,
    if_match: str | None,
    now: datetime,
) -> Saved:
    """Have no picture: neither one of ours nor the page's. Raises as `attach`."""
    bare = RecipeUpdate(image_url=None)
    return await recipes.update(
        session, actor, recipe_id, bare, if_match="*" if if_match is None else if_match, now=now
    )


async def attach_fetched(
    session: AsyncSession, recipe_id: UUID, url: str, picture: Picture, *, now: datetime
) -> bool:
    """Show the picture that was fetched from `url`, if the recipe still wants it; whether it did.

    Meanwhile it may have got another address, a picture that somebody sent, or be gone.
    """
    recipe = await crud.recipe.lock(session, recipe_id)
    if recipe is None or recipe.image_url != url or recipe.cover_id is not None:
        return False
    await _show(session, recipe, picture, focus=(None, None), origin_url=url, now=now)
    return True


async def _show(
    session: AsyncSession,
    recipe: Recipe,
    picture: Picture,
    *,
    focus: Focus,
    origin_url: str | None,
    now: datetime,
) -> None:
    """The picture as the cover of a recipe that is locked; the one before goes if nobody has it."""
    before = recipe.cover_id
    focus_x = picture.focus_x if focus[0] is None else focus[0]
    focus_y = picture.focus_y if focus[1] is None else focus[1]
    known = asdict(picture) | {"focus_x": focus_x, "focus_y": focus_y}
    media = Media(
        id=new_id(),
        household_id=recipe.household_id,
        origin_url=origin_url,
        created_at=now,
        **known,
    )
    await crud.media.add(session, media)
    await crud.recipe.update(session, recipe, {"cover_id": media.id}, now=now)
    if before is not None:
        await crud.media.remove_unused(session, before)
    await recipe_feed.stamp(session, recipe, now=now)
