"""Events of the audit as they are told: to administrators, to people, to who runs a household."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from potluck.domain.audit import Action, Outcome
from potluck.schemas.base import Out
from potluck.schemas.types import Instant, SentInstant

_CLIENT = "Program and system, as the client names itself."
_NETWORK = "Network of the address: /24 of IPv4, /48 of IPv6."
_DETAIL = "What the action says besides, such as the role."


class AuditFilter(BaseModel):
    """Which events are asked for; all conditions must hold."""

    action: Action | None = Field(None, description="What was done.")
    outcome: Outcome | None = Field(None, description="Whether it was done or refused.")
    actor_id: UUID | None = Field(None, description="Account that did it.")
    target_id: UUID | None = Field(None, description="What it was done to.")
    household_id: UUID | None = Field(None, description="Household that it concerns.")
    since: SentInstant | None = Field(None, description="From this instant on.")
    before: SentInstant | None = Field(None, description="Earlier than this instant.")


class AuditEvent(Out):
    """An event, as administrators of the instance see it."""

    seq: Annotated[int, Field(description="Its number: without a gap, in the order of commits.")]
    at: Instant
    action: Action
    outcome: Outcome
    actor_id: Annotated[UUID | None, Field(description="Null for strangers and the operator.")]
    credential_kind: Annotated[str, Field(description="What proved it, such as `access-token`.")]
    credential_id: UUID | None
    client: Annotated[str | None, Field(description=_CLIENT)]
    ip_prefix: Annotated[str | None, Field(description=_NETWORK)]
    request_id: str | None
    target_type: str | None
    target_id: UUID | None
    subject_id: Annotated[UUID | None, Field(description="Account that it concerns.")]
    household_id: UUID | None
    detail: Annotated[dict[str, Any], Field(description=_DETAIL)]


class SecurityEvent(Out):
    """An event of one's own account."""

    at: Instant
    action: Action
    outcome: Outcome
    is_own: Annotated[bool, Field(description="Done by who was signed in to the account.")]
    client: Annotated[str | None, Field(description=f"{_CLIENT} Null of who else looks after it.")]
    ip_prefix: Annotated[
        str | None, Field(description=f"{_NETWORK} Null of who else looks after it.")
    ]
    household_id: UUID | None
    detail: Annotated[dict[str, Any], Field(description=_DETAIL)]


class HouseholdEvent(Out):
    """An event of a household, as its owners and admins see it."""

    at: Instant
    action: Action
    outcome: Outcome
    actor_id: Annotated[UUID | None, Field(description="Null for the service and its operator.")]
    subject_id: Annotated[UUID | None, Field(description="Account that it concerns.")]
    target_type: str | None
    target_id: UUID | None
    detail: Annotated[dict[str, Any], Field(description=_DETAIL)]
