"""Invitations to a household."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from potluck.domain.roles import Role
from potluck.schemas.base import In, Out
from potluck.schemas.types import Instant
from potluck.schemas.user import Email, Secret


class InvitationCreate(In):
    """In which role somebody may join; `email` lets nobody but that account use it."""

    role: Role
    email: Annotated[
        Email | None,
        Field(description="The address of the account that may use it. Null: whoever has it."),
    ] = None


class Invitation(Out):
    """An invitation that is still open, without the link."""

    id: UUID
    household_id: UUID
    role: Role
    email: str | None
    invited_by: Annotated[UUID, Field(description="Id of the member's account who made it.")]
    created_at: Instant
    expires_at: Instant


class NewInvitation(Invitation):
    """An invitation that was just made: the one time that its link is shown."""

    url: Annotated[str, Field(description="The page that leads in, with the token.")]


class InvitationToken(In):
    """The token of an invitation: what follows `token=` in its link."""

    token: Secret


class InvitationPreview(Out):
    """What somebody who holds an invitation may know before they join."""

    household_name: str
    role: Role
    inviter_name: str
    expires_at: Instant
