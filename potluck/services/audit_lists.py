"""The audit, read: by administrators, by people about themselves, by who runs a household."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import Forbidden
from potluck.core.paging import PageRequest
from potluck.crud import audit_list
from potluck.domain.audit import NO_PROOF
from potluck.domain.roles import MANAGERS
from potluck.models import AuditEvent
from potluck.schemas import audit as schemas


async def page(
    session: AsyncSession, actor: Actor, wanted: schemas.AuditFilter, request: PageRequest
) -> tuple[list[schemas.AuditEvent], str | None]:
    """One page of every event of the instance, newest first, and the next cursor.

    Raises `Forbidden` for who is no administrator, `InvalidCursor`.
    """
    if not actor.is_instance_admin:
        raise Forbidden("This is for the administrators of this instance.")
    rows, cursor = await audit_list.page(session, wanted, request)
    return [schemas.AuditEvent.model_validate(_members(row)) for row in rows], cursor


async def own(
    session: AsyncSession, actor: Actor, request: PageRequest
) -> tuple[list[schemas.SecurityEvent], str | None]:
    """One page of what concerns the actor's account, newest first. Raises `InvalidCursor`."""
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    rows, cursor = await audit_list.page_of_person(session, actor.user_id, request)
    return [_of_own(row, actor.user_id) for row in rows], cursor


async def of_household(
    session: AsyncSession, actor: Actor, household_id: UUID, request: PageRequest
) -> tuple[list[schemas.HouseholdEvent], str | None]:
    """One page of what concerns the household, newest first.

    Raises `NotFound`, `Forbidden` for members who are neither owner nor admin, `InvalidCursor`.
    """
    found = await crud.household.with_role(session, actor, household_id)
    if found is None:
        raise crud.household.not_found()
    if found[1] not in MANAGERS:
        raise Forbidden(f"Your role ({found[1]}) in the household does not allow this.")
    rows, cursor = await audit_list.page_of_household(session, household_id, request)
    return [schemas.HouseholdEvent.model_validate(_members(row)) for row in rows], cursor


def _of_own(row: AuditEvent, user_id: UUID) -> schemas.SecurityEvent:
    """Where a stranger came from is told; where an administrator or owner sits is theirs."""
    is_own = row.actor_id == user_id
    is_told = is_own or (row.actor_id is None and row.credential_kind == NO_PROOF)
    members = _members(row) | {"is_own": is_own}
    return schemas.SecurityEvent.model_validate(
        members if is_told else members | {"client": None, "ip_prefix": None}
    )


def _members(row: AuditEvent) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in AuditEvent.__table__.columns.keys()}  # noqa: SIM118
    return columns | {"detail": json.loads(row.detail)}
