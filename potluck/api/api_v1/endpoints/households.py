"""Households: who owns recipes together."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response, status

from potluck import crud, schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CHANGED, CREATED, answered, created, not_modified
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import household_trash, households, members
from potluck.services.preconditions import etag_of, etag_of_answer

router = Router()

HouseholdId = Annotated[UUID, Path(description="Id of the household.")]
Households = schemas.Page[schemas.Household]
Trash = schemas.Page[schemas.TrashedHousehold]
CHANGE = (*SIGNED_IN, "forbidden", "not-found", "unavailable")


@router.get(
    "", response_model=Households, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor")
)
async def list_households(
    session: deps.ReadSession,
    actor: deps.HouseholdReader,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Households | Response:
    """The caller's households, newest first."""
    rows, cursor = await crud.household.page(session, actor, paging)
    items = [schemas.Household.model_validate(row) for row in rows]
    page = Households(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=CREATED | problems(*SIGNED_IN, "forbidden", "unavailable"),
)
async def create_household(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.HouseholdWriter,
    data: schemas.HouseholdCreate,
    request: Request,
    response: Response,
) -> schemas.Household:
    """Make a household; the caller becomes its owner."""
    row = await households.create(session, actor, data, now=clock.now())
    created(request, response, f"/households/{row.id}")
    response.headers["ETag"] = etag_of(row)
    return schemas.Household.model_validate(row)


@router.get(
    "/trash", response_model=Trash, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor")
)
async def list_household_trash(
    settings: deps.SettingsOf,
    session: deps.ReadSession,
    actor: deps.HouseholdReader,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Trash | Response:
    """Deleted households that the caller could restore, last deleted first."""
    items, cursor = await household_trash.page(
        session, actor, paging, keep_days=settings.trash.keep_days
    )
    page = Trash(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.get(
    "/{household_id}",
    response_model=schemas.Household,
    responses=CACHED | problems(*SIGNED_IN, "not-found"),
)
async def get_household(
    session: deps.ReadSession,
    actor: deps.HouseholdReader,
    household_id: HouseholdId,
    request: Request,
    response: Response,
) -> schemas.Household | Response:
    """One of the caller's households."""
    row = await crud.household.get(session, actor, household_id)
    unchanged = not_modified(request, response, etag_of(row))
    return unchanged or schemas.Household.model_validate(row)


@router.patch(
    "/{household_id}",
    responses=CHANGED
    | problems(
        *SIGNED_IN, "forbidden", "not-found", "stale", "precondition-required", "unavailable"
    ),
)
async def update_household(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.HouseholdWriter,
    household_id: HouseholdId,
    data: schemas.HouseholdUpdate,
    response: Response,
    if_match: deps.IfMatch,
) -> schemas.Household:
    """Change the members sent; for owners and admins."""
    row = await households.update(
        session, actor, household_id, data, if_match=if_match, now=clock.now()
    )
    response.headers["ETag"] = etag_of(row)
    return schemas.Household.model_validate(row)


@router.delete(
    "/{household_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*CHANGE, "reauth-required", "stale", "precondition-required"),
)
async def delete_household(
    resources: deps.ResourcesOf,
    session: deps.Session,
    actor: deps.RecentLogin,
    household_id: HouseholdId,
    if_match: deps.IfMatch,
) -> None:
    """Put the household and all it owns into the trash, where nobody sees it; for owners.

    Its owners can restore it until it is removed for good, 30 days later unless the operator set
    another time.
    """
    await household_trash.delete(
        session,
        actor,
        household_id,
        if_match=if_match,
        keep_days=resources.settings.trash.keep_days,
        now=resources.clock.now(),
    )


@router.post("/{household_id}/restore", responses=CHANGED | problems(*CHANGE, "not-in-trash"))
async def restore_household(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.HouseholdWriter,
    household_id: HouseholdId,
    response: Response,
) -> schemas.Household:
    """Take a household out of the trash, with everything it had; for its owners."""
    row = await household_trash.restore(session, actor, household_id, now=clock.now())
    response.headers["ETag"] = etag_of(row)
    return schemas.Household.model_validate(row)


@router.post("/{household_id}/transfer", responses=CHANGED | problems(*CHANGE, "reauth-required"))
async def transfer_household(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecentLogin,
    household_id: HouseholdId,
    data: schemas.TransferRequest,
    response: Response,
) -> schemas.Member:
    """Make a member the owner in the caller's place, who stays as admin; for owners."""
    answer = await members.transfer(session, actor, household_id, data.user_id, now=clock.now())
    response.headers["ETag"] = etag_of_answer(answer)
    return answer
