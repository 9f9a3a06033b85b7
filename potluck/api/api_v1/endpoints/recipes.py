"""Recipes: lists, one recipe, changes, the trash, the history."""

from dataclasses import replace
from typing import Annotated

from fastapi import Path, Query, Request, Response, status
from pydantic import BaseModel

from potluck import crud, schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CHANGED, CREATED, answered, created, not_modified
from potluck.api.limits import LimiterOf
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.core.config import Settings
from potluck.crud import recipe_filters
from potluck.schemas.recipe.query import MAX_IDS, RecipeQuery, RecipeSort
from potluck.services import recipe_answers, recipe_lists, recipes, revisions
from potluck.services.preconditions import etag_of_recipe
from potluck.services.recipes import Saved
from potluck.services.throttling import Limit

router = Router()

OPEN = ("invalid-token", "insufficient-scope", "account-deletion-scheduled")
CHANGE = (
    *SIGNED_IN, "forbidden", "not-found", "stale", "precondition-required", "unavailable",
)  # fmt: skip
RevisionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the state.")]
Summaries = schemas.Page[schemas.RecipeSummary]
Trash = schemas.Page[schemas.TrashedRecipe]
Revisions = schemas.Page[schemas.RevisionSummary]


@router.get(
    "",
    response_model=schemas.RecipePage,
    dependencies=[deps.LongReads],
    responses=CACHED | problems(*OPEN, "invalid-cursor", "too-many-requests"),
)
async def list_recipes(
    settings: deps.SettingsOf,
    limiter: LimiterOf,
    session: deps.ReadSession,
    actor: deps.Visitor,
    paging: deps.Paging,
    wanted: Annotated[RecipeQuery, Query()],
    request: Request,
    response: Response,
) -> schemas.RecipePage | Response:
    """The recipes the caller may see; strangers see the public ones.

    With `updated_since` what changed since then, with `ids` the named ones. With `q` it counts as
    a search.
    """
    if wanted.q is not None:
        await limiter.count(Limit.SEARCH, actor, let_go=session.close)
    if wanted.ids is not None and "limit" not in request.query_params:
        paging = replace(paging, limit=MAX_IDS)
    rows, cursor = await recipe_lists.page(session, actor, paging, wanted)
    items = [recipe_answers.listed(row, public_url=settings.public_url) for row in rows]
    # Written as what it is: trying both members of the union takes twice as long for each item.
    written: type[BaseModel] = Summaries if wanted.updated_since is None else schemas.RecipePage
    return answered(request, response, written.model_construct(items=items, next_cursor=cursor))


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=CREATED | problems(*SIGNED_IN, "forbidden", "unavailable"),
)
async def create_recipe(
    settings: deps.SettingsOf,
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeWriter,
    data: schemas.RecipeCreate,
    request: Request,
    response: Response,
) -> schemas.Recipe:
    """Create a recipe in the household named, or in the caller's default household."""
    saved = await recipes.create(session, actor, data, now=clock.now())
    created(request, response, f"/recipes/{saved.recipe.id}")
    return _saved(response, saved, settings)


@router.get(
    "/my-recipes",
    response_model=Summaries,
    responses=CACHED | problems(*SIGNED_IN, "invalid-cursor"),
)
async def list_my_recipes(
    settings: deps.SettingsOf,
    session: deps.ReadSession,
    actor: deps.RecipeReader,
    paging: deps.Paging,
    request: Request,
    response: Response,
    sort: Annotated[RecipeSort, Query(description="Order of the list.")] = RecipeSort.NEWEST,
) -> Summaries | Response:
    """What the caller wrote: every household and status, not the trash."""
    rows, cursor = await crud.recipe.summaries(
        session,
        actor,
        paging,
        recipe_filters.written_by(actor),
        order=recipe_filters.order_of(sort),
    )
    items = [recipe_answers.summary(row, public_url=settings.public_url) for row in rows]
    page = Summaries.model_construct(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.get(
    "/trash", response_model=Trash, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor")
)
async def list_trash(
    settings: deps.SettingsOf,
    session: deps.ReadSession,
    actor: deps.RecipeReader,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Trash | Response:
    """What the caller could restore, last deleted first."""
    rows, cursor = await recipes.trash(session, actor, paging)
    keep_days, public_url = settings.trash.keep_days, settings.public_url
    items = [
        recipe_answers.trashed(row, keep_days=keep_days, public_url=public_url) for row in rows
    ]
    page = Trash.model_construct(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.get(
    "/{recipe_id}",
    response_model=schemas.Recipe,
    responses=CACHED | problems(*OPEN, "not-found"),
)
async def get_recipe(
    settings: deps.SettingsOf,
    session: deps.ReadSession,
    actor: deps.Visitor,
    recipe_id: deps.RecipeId,
    request: Request,
    response: Response,
) -> schemas.Recipe | Response:
    """One recipe, whole."""
    row, tags = await crud.recipe.answer(session, actor, recipe_id)
    answer = recipe_answers.recipe(row, tags, public_url=settings.public_url)
    return not_modified(request, response, etag_of_recipe(row, answer.tags)) or answer


@router.put("/{recipe_id}", responses=CHANGED | problems(*CHANGE))
async def replace_recipe(
    settings: deps.SettingsOf,
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeWriter,
    recipe_id: deps.RecipeId,
    data: schemas.RecipePut,
    response: Response,
    if_match: deps.IfMatch,
) -> schemas.Recipe:
    """Replace every writable member.

    What is left out takes its default, except `status` and `visibility`, which stay.
    """
    saved = await recipes.replace(
        session, actor, recipe_id, data, if_match=if_match, now=clock.now()
    )
    return _saved(response, saved, settings)


@router.patch("/{recipe_id}", responses=CHANGED | problems(*CHANGE))
async def update_recipe(
    settings: deps.SettingsOf,
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeWriter,
    recipe_id: deps.RecipeId,
    data: schemas.RecipeUpdate,
    response: Response,
    if_match: deps.IfMatch,
) -> schemas.Recipe:
    """Change the members sent; each replaces the old value whole."""
    saved = await recipes.update(
        session, actor, recipe_id, data, if_match=if_match, now=clock.now()
    )
    return _saved(response, saved, settings)


@router.delete("/{recipe_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(*CHANGE))
async def delete_recipe(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeDeleter,
    recipe_id: deps.RecipeId,
    if_match: deps.IfMatch,
) -> None:
    """Put the recipe into the trash, from where it can be restored for 30 days."""
    await recipes.delete(session, actor, recipe_id, if_match=if_match, now=clock.now())


@router.post(
    "/{recipe_id}/restore",
    responses=CHANGED
    | problems(*SIGNED_IN, "forbidden", "not-found", "not-in-trash", "unavailable"),
)
async def restore_recipe(
    settings: deps.SettingsOf,
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeDeleter,
    recipe_id: deps.RecipeId,
    response: Response,
) -> schemas.Recipe:
    """Take the recipe out of the trash, with everything it had."""
    saved = await recipes.restore(session, actor, recipe_id, now=clock.now())
    return _saved(response, saved, settings)


@router.get(
    "/{recipe_id}/revisions",
    response_model=Revisions,
    responses=CACHED | problems(*SIGNED_IN, "forbidden", "not-found", "invalid-cursor"),
)
async def list_revisions(
    session: deps.ReadSession,
    actor: deps.RecipeReader,
    recipe_id: deps.RecipeId,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Revisions | Response:
    """The saved states of a recipe, newest first; for members of its household."""
    rows, cursor = await revisions.page(session, actor, recipe_id, paging)
    items = [recipe_answers.revision_summary(row) for row in rows]
    page = Revisions(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.get(
    "/{recipe_id}/revisions/{number}",
    response_model=schemas.Revision,
    responses=CACHED | problems(*SIGNED_IN, "forbidden", "not-found"),
)
async def get_revision(
    session: deps.ReadSession,
    actor: deps.RecipeReader,
    recipe_id: deps.RecipeId,
    number: RevisionNumber,
    request: Request,
    response: Response,
) -> schemas.Revision | Response:
    """One saved state with the writable members as they were."""
    answer = recipe_answers.revision(await revisions.get(session, actor, recipe_id, number))
    return answered(request, response, answer)


def _saved(response: Response, saved: Saved, settings: Settings) -> schemas.Recipe:
    response.headers["ETag"] = etag_of_recipe(saved.recipe, saved.tags)
    return recipe_answers.saved(saved.recipe, saved.tags, public_url=settings.public_url)
