"""Tags: a household's names for groups of recipes."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response, status

from potluck import crud, schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CHANGED, CREATED, answered, created, not_modified
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.schemas.recipe import TagKind
from potluck.services import tags
from potluck.services.preconditions import etag_of

router = Router()

CHANGE = (
    *SIGNED_IN, "forbidden", "not-found", "stale", "precondition-required", "unavailable",
)  # fmt: skip
TagId = Annotated[UUID, Path(description="Id of the tag.")]
Tags = schemas.Page[schemas.Tag]


@router.get("", response_model=Tags, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor"))
async def list_tags(
    session: deps.ReadSession,
    actor: deps.RecipeReader,
    paging: deps.Paging,
    request: Request,
    response: Response,
    household_id: Annotated[UUID | None, Query(description="Tags of this household.")] = None,
    kind: Annotated[TagKind | None, Query(description="Tags of this kind.")] = None,
) -> Tags | Response:
    """The tags of the caller's households, by name."""
    rows, cursor = await crud.tag.by_name(
        session, actor, paging, household_id=household_id, kind=kind
    )
    page = Tags(items=[schemas.Tag.model_validate(row) for row in rows], next_cursor=cursor)
    return answered(request, response, page)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=CREATED | problems(*SIGNED_IN, "forbidden", "tag-exists", "unavailable"),
)
async def create_tag(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeWriter,
    data: schemas.TagCreate,
    request: Request,
    response: Response,
) -> schemas.Tag:
    """Make a tag in the household named, or in the caller's default household; for editors."""
    row = await tags.create(session, actor, data, now=clock.now())
    created(request, response, f"/tags/{row.id}")
    response.headers["ETag"] = etag_of(row)
    return schemas.Tag.model_validate(row)


@router.get(
    "/{tag_id}", response_model=schemas.Tag, responses=CACHED | problems(*SIGNED_IN, "not-found")
)
async def get_tag(
    session: deps.ReadSession,
    actor: deps.RecipeReader,
    tag_id: TagId,
    request: Request,
    response: Response,
) -> schemas.Tag | Response:
    """One tag."""
    row = await crud.tag.get(session, actor, tag_id)
    return not_modified(request, response, etag_of(row)) or schemas.Tag.model_validate(row)


@router.patch("/{tag_id}", responses=CHANGED | problems(*CHANGE, "tag-exists"))
async def update_tag(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeWriter,
    tag_id: TagId,
    data: schemas.TagUpdate,
    response: Response,
    if_match: deps.IfMatch,
) -> schemas.Tag:
    """Change the members sent; a new name shows in every recipe at the next read."""
    row = await tags.update(session, actor, tag_id, data, if_match=if_match, now=clock.now())
    response.headers["ETag"] = etag_of(row)
    return schemas.Tag.model_validate(row)


@router.delete("/{tag_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(*CHANGE))
async def delete_tag(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecipeDeleter,
    tag_id: TagId,
    if_match: deps.IfMatch,
) -> None:
    """Take the tag off every recipe, and away."""
    await tags.delete(session, actor, tag_id, if_match=if_match, now=clock.now())
