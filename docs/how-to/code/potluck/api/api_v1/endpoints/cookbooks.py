"""Cookbooks: named collections of a household."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response, status

from potluck import crud, schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CHANGED, CREATED, answered, created, not_modified
from potluck.api.problems import problems
from potluck.api.routing import Router
from potluck.services import cookbooks
from potluck.services.preconditions import etag_of

router = Router()

SIGNED_IN = ("unauthenticated", "invalid-token", "insufficient-scope")
CHANGE = (
    *SIGNED_IN, "forbidden", "not-found", "stale", "precondition-required", "unavailable",
)  # fmt: skip
CookbookId = Annotated[UUID, Path(description="Id of the cookbook.")]
Cookbooks = schemas.Page[schemas.Cookbook]


@router.get("", response_model=Cookbooks, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor"))
async def list_cookbooks(
    session: deps.ReadSession,
    actor: deps.RecipeReader,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Cookbooks | Response:
    """The cookbooks of the caller's households, newest first."""
    rows, cursor = await crud.cookbook.page(session, actor, paging)
    items = [schemas.Cookbook.model_validate(row) for row in rows]
    page = Cookbooks(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=CREATED | problems(*SIGNED_IN, "forbidden", "unavailable"),
)
async def create_cookbook(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeWriter,
    data: schemas.CookbookCreate,
    request: Request,
    response: Response,
) -> schemas.Cookbook:
    """Make a cookbook in the household named, or in the caller's default household."""
    row = await cookbooks.create(session, actor, data, now=clock.now())
    created(request, response, f"/cookbooks/{row.id}")
    response.headers["ETag"] = etag_of(row)
    return schemas.Cookbook.model_validate(row)


@router.get(
    "/{cookbook_id}",
    response_model=schemas.Cookbook,
    responses=CACHED | problems(*SIGNED_IN, "not-found"),
)
async def get_cookbook(
    session: deps.ReadSession,
    actor: deps.RecipeReader,
    cookbook_id: CookbookId,
    request: Request,
    response: Response,
) -> schemas.Cookbook | Response:
    """One cookbook."""
    row = await crud.cookbook.get(session, actor, cookbook_id)
    unchanged = not_modified(request, response, etag_of(row))
    return unchanged or schemas.Cookbook.model_validate(row)


@router.patch("/{cookbook_id}", responses=CHANGED | problems(*CHANGE))
async def update_cookbook(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeWriter,
    cookbook_id: CookbookId,
    data: schemas.CookbookUpdate,
    response: Response,
    if_match: deps.IfMatch = None,
) -> schemas.Cookbook:
    """Change the members sent."""
    row = await cookbooks.update(
        session, actor, cookbook_id, data, if_match=if_match, now=clock.now()
    )
    response.headers["ETag"] = etag_of(row)
    return schemas.Cookbook.model_validate(row)


@router.delete(
    "/{cookbook_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(*CHANGE)
)
async def delete_cookbook(
    session: deps.Session,
    actor: deps.RecipeDeleter,
    cookbook_id: CookbookId,
    if_match: deps.IfMatch = None,
) -> None:
    """Take the cookbook away for good."""
    await cookbooks.delete(session, actor, cookbook_id, if_match=if_match)
