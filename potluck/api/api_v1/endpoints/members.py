"""The people in a household, and their roles."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CHANGED, CREATED, answered, created
from potluck.api.limits import LimiterOf
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import members
from potluck.services.preconditions import etag_of_answer
from potluck.services.throttling import Limit

router = Router()

CHANGE = (*SIGNED_IN, "forbidden", "not-found", "unavailable")
HouseholdId = Annotated[UUID, Path(description="Id of the household.")]
UserId = Annotated[UUID, Path(description="Id of the member's account.")]
Members = schemas.Page[schemas.Member]


@router.get(
    "",
    response_model=Members,
    responses=CACHED | problems(*SIGNED_IN, "not-found", "invalid-cursor"),
)
async def list_members(
    session: deps.ReadSession,
    actor: deps.HouseholdReader,
    household_id: HouseholdId,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Members | Response:
    """Everybody in the household, who came first stands first."""
    items, cursor = await members.page(session, actor, household_id, paging)
    page = Members(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=CREATED | problems(*CHANGE, "already-member", "too-many-requests"),
)
async def add_member(
    limiter: LimiterOf,
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.MemberManager,
    household_id: HouseholdId,
    data: schemas.MemberCreate,
    request: Request,
    response: Response,
) -> schemas.Member:
    """Add the account with this address, at most in the caller's own role."""
    await limiter.count(Limit.MEMBER, actor)
    answer = await members.add(session, actor, household_id, data, now=clock.now())
    created(request, response, f"/households/{household_id}/members/{answer.user_id}")
    response.headers["ETag"] = etag_of_answer(answer)
    return answer


@router.patch("/{user_id}", responses=CHANGED | problems(*CHANGE, "last-owner"))
async def update_member(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.MemberManager,
    household_id: HouseholdId,
    user_id: UserId,
    data: schemas.MemberUpdate,
    response: Response,
) -> schemas.Member:
    """Give a member another role, at most the caller's own."""
    answer = await members.change_role(session, actor, household_id, user_id, data, now=clock.now())
    response.headers["ETag"] = etag_of_answer(answer)
    return answer


@router.delete(
    "/{user_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*CHANGE, "last-owner"),
)
async def remove_member(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.MemberManager,
    household_id: HouseholdId,
    user_id: UserId,
) -> None:
    """Take somebody out of the household; everybody may leave."""
    await members.remove(session, actor, household_id, user_id, now=clock.now())
