"""What was done to accounts, households and the instance, for those whom it concerns."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, answered
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.schemas.audit import AuditEvent, AuditFilter, HouseholdEvent, SecurityEvent
from potluck.services import audit_lists

#: Of the instance, of the caller's account, of a household.
router, own, of_household = Router(), Router(), Router()

HouseholdId = Annotated[UUID, Path(description="Id of the household.")]
Events = schemas.Page[AuditEvent]
OwnEvents = schemas.Page[SecurityEvent]
HouseholdEvents = schemas.Page[HouseholdEvent]


@router.get(
    "",
    response_model=Events,
    responses=CACHED | problems(*SIGNED_IN, "forbidden", "invalid-cursor"),
)
async def list_events(
    session: deps.ReadSession,
    actor: deps.InstanceAuditor,
    paging: deps.Paging,
    wanted: Annotated[AuditFilter, Query()],
    request: Request,
    response: Response,
) -> Events | Response:
    """Every event of the audit, newest first; accounts and households are ids."""
    items, cursor = await audit_lists.page(session, actor, wanted, paging)
    return answered(request, response, Events(items=items, next_cursor=cursor))


@own.get("", response_model=OwnEvents, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor"))
async def list_own_events(
    session: deps.ReadSession,
    actor: deps.AccountGuard,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> OwnEvents | Response:
    """What was done by and to the caller's account, newest first: sign-ins and refused ones,
    passwords, addresses, tokens, roles.

    Of what somebody else did who looks after it, their program and network are left out.
    """
    items, cursor = await audit_lists.own(session, actor, paging)
    return answered(request, response, OwnEvents(items=items, next_cursor=cursor))


@of_household.get(
    "",
    response_model=HouseholdEvents,
    responses=CACHED | problems(*SIGNED_IN, "forbidden", "not-found", "invalid-cursor"),
)
async def list_household_events(
    session: deps.ReadSession,
    actor: deps.AccountGuard,
    household_id: HouseholdId,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> HouseholdEvents | Response:
    """What was done to the household, its members and invitations, newest first; for owners and
    admins.
    """
    items, cursor = await audit_lists.of_household(session, actor, household_id, paging)
    return answered(request, response, HouseholdEvents(items=items, next_cursor=cursor))
