"""Tags: names under which a household groups its recipes.

The table `recipe_tag` says which recipes carry a tag; the `tag_ids` in a recipe's document are what
its author chose at the last save. Deleting a tag takes its rows out of the table and leaves the
documents, so whoever reads a recipe joins the table.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import Invalid
from potluck.crud import recipe_feed
from potluck.crud.crud_tag import Key, tag_exists
from potluck.domain.roles import EDITORS
from potluck.domain.text import fold
from potluck.models import Tag
from potluck.schemas.recipe.parts_in import TagIn
from potluck.schemas.tag import TagCreate, TagInDB, TagUpdate
from potluck.services import households, recipe_index
from potluck.services.preconditions import check_match, etag_of


async def create(session: AsyncSession, actor: Actor, data: TagCreate, *, now: datetime) -> Tag:
    """A new tag. Raises `Invalid`, `Forbidden`, `TagExists` (with the id of the other tag)."""
    household = await households.destination(session, actor, data.household_id, allowed=EDITORS)
    await crud.tag.lock_household(session, household.id)
    if data.parent_id is not None:
        tree = await crud.tag.parents(session, household.id, data.kind)
        _check_parent(tree, None, data.parent_id)
    members = data.model_dump() | {"household_id": household.id, "name_key": fold(data.name)}
    stored = TagInDB(**members)
    made = await crud.tag.add_missing(session, [stored], now=now)
    if made:
        return made[0]
    key = (stored.kind, stored.name_key)
    raise tag_exists((await crud.tag.named(session, household.id, [key]))[key].id)


async def update(
    session: AsyncSession,
    actor: Actor,
    id: UUID,
    data: TagUpdate,
    *,
    if_match: str | None,
    now: datetime,
) -> Tag:
    """Change the members sent; a new name or kind changes the ETag of every recipe with the tag.

    Raises `NotFound`, `Forbidden`, `PreconditionRequired`, `Stale`, `Invalid`, `TagExists`.
    """
    await crud.tag.lock_household_of(session, actor, id)
    tag = await crud.tag.get_for_update(session, actor, id)
    check_match(if_match, etag_of(tag))
    changes = data.changes()
    kind, name = changes.get("kind", tag.kind), changes.get("name", tag.name)
    await _check_place(session, tag, kind, changes.get("parent_id", tag.parent_id))
    shows_in_recipes = (kind, name) != (tag.kind, tag.name)
    if shows_in_recipes:
        await crud.tag.lock_carriers(session, tag)
    tag = await crud.tag.update(session, tag, changes | {"name_key": fold(name)}, now=now)
    if shows_in_recipes:
        await recipe_index.put_carriers(session, tag)
        await recipe_feed.count_change_of_carriers(session, tag, now=now)
    return tag


async def delete(
    session: AsyncSession, actor: Actor, id: UUID, *, if_match: str | None, now: datetime
) -> None:
    """Take the tag off every recipe, and the tags below it to the top.

    Raises `NotFound`, `Forbidden`, `PreconditionRequired`, `Stale`.
    """
    await crud.tag.lock_household_of(session, actor, id)
    tag = await crud.tag.get_for_update(session, actor, id)
    check_match(if_match, etag_of(tag))
    await crud.tag.lock_carriers(session, tag)
    await crud.tag.release_children(session, tag, now=now)
    await recipe_index.put_carriers(session, tag, is_going=True)
    await recipe_feed.count_change_of_carriers(session, tag, now=now)
    await crud.tag.remove(session, tag)


async def find_or_create(
    session: AsyncSession, household_id: UUID, wanted: Sequence[TagIn], *, now: datetime
) -> list[Tag]:
    """The household's tags that a recipe names, in its order and each once; new names are made.

    Takes at most four statements however many tags there are. Who may write the recipe may make
    tags through it. Raises `Invalid` for an id that is not a tag of this household.
    """
    by_id = await _with_ids(session, household_id, wanted)
    by_key = await _with_names(session, household_id, wanted, now)
    tags = [by_key[_key(each)] if each.id is None else by_id[each.id] for each in wanted]
    return list({tag.id: tag for tag in tags}.values())


async def _with_ids(
    session: AsyncSession, household_id: UUID, wanted: Sequence[TagIn]
) -> dict[UUID, Tag]:
    ids = {each.id for each in wanted if each.id is not None}
    found = await crud.tag.with_ids(session, household_id, ids) if ids else {}
    unknown = [
        {
            "in": "body",
            "pointer": f"/tags/{index}/id",
            "code": "no_such_tag",
            "detail": "The household has no tag with this id.",
        }
        for index, each in enumerate(wanted)
        if each.id is not None and each.id not in found
    ]
    if unknown:
        raise Invalid(errors=unknown)
    return found


async def _with_names(
    session: AsyncSession, household_id: UUID, wanted: Sequence[TagIn], now: datetime
) -> dict[Key, Tag]:
    first = {_key(each): each for each in reversed(wanted) if each.id is None}
    if not first:
        return {}
    found = await crud.tag.named(session, household_id, first)
    missing = [
        TagInDB(household_id=household_id, kind=each.kind, name=each.name or "", name_key=key[1])
        for key, each in first.items()
        if key not in found
    ]
    if missing:
        for tag in await crud.tag.add_missing(session, missing, now=now):
            found[tag.kind, tag.name_key] = tag
    others = first.keys() - found.keys()  # somebody made these at the same moment
    return found | (await crud.tag.named(session, household_id, others) if others else {})


def _key(wanted: TagIn) -> Key:
    return wanted.kind, fold(wanted.name or "")


async def _check_place(session: AsyncSession, tag: Tag, kind: str, parent_id: UUID | None) -> None:
    """A tag, its parent and its children are of one kind, and nothing is above itself."""
    if (kind, parent_id) == (tag.kind, tag.parent_id):
        return
    if kind != tag.kind:
        former = await crud.tag.parents(session, tag.household_id, tag.kind)
        if tag.id in former.values():
            raise Invalid.member(
                "/kind", "has_children", "Move the tags below this one first: all have its kind."
            )
    if parent_id is not None:
        tree = await crud.tag.parents(session, tag.household_id, kind)
        _check_parent(tree, tag.id, parent_id)


def _check_parent(tree: dict[UUID, UUID | None], id: UUID | None, parent_id: UUID) -> None:
    """`tree` holds the tags of one household and kind; `id` is None for a tag to be made."""
    if parent_id not in tree:
        raise Invalid.member(
            "/parent_id", "no_such_parent", "Choose a tag of the same household and kind."
        )
    above: UUID | None = parent_id
    while above is not None:
        if above == id:
            raise Invalid.member("/parent_id", "parent_circle", "A tag cannot be above itself.")
        above = tree.get(above)
