"""Invitations into a household: made by its owners and admins, accepted by who holds the link."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CREATED, answered, created
from potluck.api.limits import LimiterOf
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import invitations
from potluck.services.preconditions import etag_of_answer
from potluck.services.throttling import Limit

router = Router()
redemption = Router()

CHANGE = (*SIGNED_IN, "forbidden", "not-found", "unavailable")
HouseholdId = Annotated[UUID, Path(description="Id of the household.")]
InvitationId = Annotated[UUID, Path(description="Id of the invitation, not its token.")]
Invitations = schemas.Page[schemas.Invitation]


@router.get(
    "",
    response_model=Invitations,
    responses=CACHED | problems(*SIGNED_IN, "forbidden", "not-found", "invalid-cursor"),
)
async def list_invitations(
    clock: deps.ClockOf,
    session: deps.ReadSession,
    actor: deps.MemberManager,
    household_id: HouseholdId,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Invitations | Response:
    """The invitations that can still be used, newest first; for owners and admins."""
    items, cursor = await invitations.page(session, actor, household_id, paging, now=clock.now())
    page = Invitations(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=CREATED | problems(*CHANGE, "too-many-requests"),
)
async def create_invitation(
    limiter: LimiterOf,
    resources: deps.ResourcesOf,
    session: deps.Session,
    actor: deps.MemberManager,
    household_id: HouseholdId,
    data: schemas.InvitationCreate,
    request: Request,
    response: Response,
) -> schemas.NewInvitation:
    """Make a link that lets one person join, at most in the caller's own role.

    It can be used once within seven days. `url` is never shown again.
    """
    await limiter.count(Limit.INVITATION, actor)
    answer = await invitations.create(
        session,
        actor,
        household_id,
        data,
        base_url=resources.settings.public_url,
        now=resources.clock.now(),
    )
    created(request, response, f"/households/{household_id}/invitations/{answer.id}")
    response.headers["ETag"] = etag_of_answer(invitations.without_url(answer))
    response.headers["Cache-Control"] = "no-store"
    return answer


@router.delete(
    "/{invitation_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(*CHANGE)
)
async def revoke_invitation(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.MemberManager,
    household_id: HouseholdId,
    invitation_id: InvitationId,
) -> None:
    """Withdraw an invitation; its link lets nobody in from the next request on."""
    await invitations.revoke(session, actor, household_id, invitation_id, now=clock.now())


@redemption.post(
    "/preview",
    dependencies=[deps.GoodTokenOrNone],
    responses=problems("invalid-token", "not-found", "too-many-requests", "unavailable"),
)
async def preview_invitation(
    limiter: LimiterOf,
    clock: deps.ClockOf,
    session: deps.Session,
    data: schemas.InvitationToken,
    response: Response,
) -> schemas.InvitationPreview:
    """Where an invitation leads and who made it, for whoever holds its token."""
    await limiter.count(Limit.REDEMPTION)
    response.headers["Cache-Control"] = "no-store"
    return await invitations.preview(session, data.token, now=clock.now())


@redemption.post(
    "/accept",
    responses=problems(*CHANGE, "already-member", "too-many-requests"),
)
async def accept_invitation(
    limiter: LimiterOf,
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.HouseholdWriter,
    data: schemas.InvitationToken,
) -> schemas.UserMembership:
    """Join the household by the token of an invitation, which nobody can use after."""
    await limiter.count(Limit.REDEMPTION)
    return await invitations.accept(session, actor, data.token, now=clock.now())
