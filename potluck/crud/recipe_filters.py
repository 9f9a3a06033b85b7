"""The conditions and orders of a list of recipes, as SQL."""

from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select

from potluck.core.actor import Actor
from potluck.crud import recipe_search
from potluck.crud.keyset import Order
from potluck.crud.tenancy import owned
from potluck.domain.search import query
from potluck.domain.text import fold
from potluck.models import Recipe, RecipeTag, Tag
from potluck.schemas.recipe.query import RecipeFilter, RecipeSort

_COLUMNS = {
    "created_at": Recipe.created_at,
    "updated_at": Recipe.updated_at,
    "title": Recipe.title_key,
    "total_time": Recipe.total_time_s,
}
#: The members of a filter that are one condition each, whatever their value.
OF_ONE_VALUE = ("household_id", "author_id", "visibility", "status", "max_total_time")


def order_of(sort: RecipeSort) -> Order:
    """The order that `sort` names."""
    column = _COLUMNS[sort.removeprefix("-")]
    return Order(column, Recipe.id, descending=sort.startswith("-"))


def written_by(actor: Actor) -> ColumnElement[bool]:
    """The actor is the author."""
    return owned(Recipe.author_id, actor)


def conditions(
    wanted: RecipeFilter, *, ids: Collection[UUID] | None = None
) -> list[ColumnElement[bool]]:
    """What `wanted` asks of a row, beside its being visible.

    Archived rows are left out unless asked for, by their status or among `ids`.
    """
    found = list(_conditions(wanted))
    if ids is not None:
        found.append(Recipe.id.in_(ids))
    elif wanted.status is None:
        found.append(Recipe.status != "archived")
    return found


def _conditions(wanted: RecipeFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.household_id is not None:
        yield Recipe.household_id == wanted.household_id
    if wanted.author_id is not None:
        yield Recipe.author_id == wanted.author_id
    if wanted.visibility is not None:
        yield Recipe.visibility == wanted.visibility
    if wanted.status is not None:
        yield Recipe.status == wanted.status
    if wanted.max_total_time is not None:
        yield Recipe.total_time_s <= wanted.max_total_time
    for word in wanted.tag:
        yield _has_tag(_tag_matches(word))
    if wanted.q is not None:
        asked = query.parse(wanted.q)
        yield recipe_search.found_by(asked) if asked.wanted else false()


def _tag_matches(word: str) -> ColumnElement[bool]:
    try:
        return or_(Tag.id == UUID(word), Tag.name_key == fold(word))
    except ValueError:
        return Tag.name_key == fold(word)


def _has_tag(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(RecipeTag.tag_id)
        .join(Tag, Tag.id == RecipeTag.tag_id)
        .where(RecipeTag.recipe_id == Recipe.id, condition)
        .exists()
    )
