"""What administrators of the instance see and change: accounts, never what is in a household."""

from typing import Annotated
from uuid import UUID

from pydantic import MISSING, BaseModel, Field

from potluck.domain.jobs import JobState
from potluck.schemas.base import EntityOut, Out, Patch
from potluck.schemas.job import Job
from potluck.schemas.personal_token import TokenScope
from potluck.schemas.types import Flag, Instant, Text


class AccountFilter(BaseModel):
    """Which accounts are asked for; all conditions must hold."""

    q: Annotated[str, Text(1, 200)] | None = Field(
        None, description="Part of the name or the address; letter case does not count."
    )
    is_disabled: bool | None = Field(None, description="Those that are, or are not, disabled.")
    is_instance_admin: bool | None = Field(None, description="Administrators, or all others.")


class Account(EntityOut):
    """An account, as administrators see it."""

    email: str
    display_name: str
    is_instance_admin: bool
    is_disabled: bool
    disabled_at: Instant | None


class AccountUpdate(Patch):
    """What administrators may change; a password they neither see nor choose."""

    is_disabled: Annotated[
        Flag | MISSING,
        Field(description="True ends every session and token of the account, and lets nobody in."),
    ] = MISSING
    is_instance_admin: Flag | MISSING = MISSING


class AccountToken(Out):
    """A personal token of somebody, as administrators see it."""

    id: UUID
    name: str
    scopes: list[TokenScope]
    hint: Annotated[str, Field(description="Its last four characters.")]
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None


class JobFilter(BaseModel):
    """Which jobs are asked for; all conditions must hold."""

    state: JobState | None = Field(None, description="Those that are in this state.")
    kind: Annotated[str, Text(1, 60)] | None = Field(None, description="Those of this kind.")


class AnyJob(Job):
    """A job of anybody or of the instance itself, without what it is to do."""

    user_id: Annotated[UUID | None, Field(description="Who asked for it; null: the instance.")]
    tries: Annotated[int, Field(description="How often it was taken on.")]
    run_at: Annotated[Instant, Field(description="When it is tried next, while it is queued.")]
    error: Annotated[
        str | None, Field(description="One word for what went wrong last, such as `mail-refused`.")
    ]
