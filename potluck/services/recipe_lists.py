"""Lists of recipes: filtered, by id, and the change feed."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import Invalid
from potluck.core.paging import PageRequest
from potluck.crud import recipe_feed, recipe_list
from potluck.schemas.recipe.query import RecipeQuery, RecipeSort

#: What may stand beside `updated_since`. A recipe that leaves any other filter would not be told.
_FEED_MEMBERS = {"updated_since", "household_id"}


async def page(
    session: AsyncSession, actor: Actor, request: PageRequest, wanted: RecipeQuery
) -> tuple[list[Any], str | None]:
    """One page of what `wanted` asks for, in one statement, and the next cursor.

    The rows of the change feed include those in the trash. Raises `Invalid` for parameters that do
    not go together, `InvalidCursor`.
    """
    if wanted.updated_since is not None:
        _check_feed(wanted)
        return await recipe_feed.page(
            session,
            actor,
            request,
            since=wanted.updated_since,
            household_id=wanted.household_id,
        )
    return await recipe_list.page(session, actor, request, wanted, ids=wanted.ids)


def _check_feed(wanted: RecipeQuery) -> None:
    """The feed has one order, and no filter that a recipe can leave."""
    sent = wanted.model_fields_set - _FEED_MEMBERS
    if wanted.sort == RecipeSort.FIRST_CHANGED:
        sent -= {"sort"}
    if sent:
        raise Invalid(
            "With updated_since go only household_id, limit and cursor; the order is updated_at.",
            errors=[
                {
                    "in": "query",
                    "pointer": f"/{name}",
                    "code": "not_with_updated_since",
                    "detail": "Leave this parameter out, or updated_since.",
                }
                for name in sorted(sent)
            ],
        )
