"""One page of the recipes that a filter lets through."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.paging import PageRequest
from potluck.crud.crud_recipe import CRUDRecipe
from potluck.crud.keyset import cut
from potluck.crud.prepared import prepared
from potluck.crud.recipe_filters import OF_ONE_VALUE, conditions, order_of
from potluck.schemas.recipe.query import RecipeFilter, RecipeSort


async def page(
    session: AsyncSession,
    actor: Actor,
    request: PageRequest,
    wanted: RecipeFilter,
    *,
    ids: Collection[UUID] | None = None,
) -> tuple[list[Any], str | None]:
    """Rows with the columns of `SUMMARY`, and the next cursor, in one statement.

    Raises `InvalidCursor`. The statement of a first page is kept, unless it depends on what `q`,
    `tag` or `ids` say: of a page of 50 building it took 0.8 of 4.6 ms.
    """
    order = order_of(wanted.sort)
    if request.cursor is not None or ids is not None or wanted.tag or wanted.q is not None:
        where = conditions(wanted, ids=ids)
        return await crud.recipe.summaries(session, actor, request, *where, order=order)
    sent = {name: value for name in OF_ONE_VALUE if (value := getattr(wanted, name)) is not None}
    statement, values = _first_page(crud.recipe, actor, wanted.sort, *sent)
    values |= {"most": request.limit + 1} | {_parameter(name): sent[name] for name in sent}
    return cut((await session.execute(statement, values)).all(), order, request)


@prepared
def _first_page(recipes: CRUDRecipe, actor: Actor, sort: RecipeSort, *names: str) -> Select[Any]:
    """With a parameter in place of each value that the filter names."""
    values: dict[str, Any] = {name: bindparam(_parameter(name)) for name in names}
    where = conditions(RecipeFilter.model_construct(sort=sort, **values))
    order = order_of(sort)
    chosen = recipes.chosen(recipes.visible(actor), *where)
    return recipes.shown(order.sort(chosen).limit(bindparam("most")), order)


def _parameter(name: str) -> str:
    return f"wanted_{name}"
