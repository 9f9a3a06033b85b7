"""What jobs are to do, and what is told of one."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from potluck.domain.jobs import JobState, Retries
from potluck.schemas.base import Out
from potluck.schemas.mail import Mail
from potluck.schemas.types import Instant


class JobPayload(BaseModel):
    """One kind of work: what it is called, what it needs to know, how often it is tried.

    A new kind is a class here, a member of `_Kinds`, and a function in `potluck.worker.work`.
    What is stored outlives a release: members may be added with a default, never renamed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    retries: ClassVar[Retries] = Retries()


class ExportAccount(JobPayload):
    """Write the archive of the data of who asked."""

    kind: Literal["export-account"] = "export-account"


class FetchCover(JobPayload):
    """Fetch the picture of a recipe's page and show it."""

    kind: Literal["fetch-cover"] = "fetch-cover"
    recipe_id: UUID
    url: str

    #: A site that is away for a quarter of an hour is left alone.
    retries: ClassVar[Retries] = Retries(tries=4, first=timedelta(minutes=2))


class SendMail(JobPayload):
    """Write a mail and hand it to the mail server."""

    kind: Literal["send-mail"] = "send-mail"
    mail: Mail
    to: str
    locale: str

    #: A mail server that is away is waited for, from half a day to a whole one.
    retries: ClassVar[Retries] = Retries(
        tries=20, first=timedelta(minutes=1), longest=timedelta(hours=2)
    )


class MailResetLink(JobPayload):
    """Mail the owner of the address, if there is one, a link that resets the password."""

    kind: Literal["mail-reset-link"] = "mail-reset-link"
    email: str


class MailSignUp(JobPayload):
    """Mail a link that makes this account, or tell its owner that there is one already."""

    kind: Literal["mail-sign-up"] = "mail-sign-up"
    email: str
    display_name: str
    password_hash: str


class MailSignUpAgain(JobPayload):
    """Mail another link for a sign-up of the address that still waits."""

    kind: Literal["mail-sign-up-again"] = "mail-sign-up-again"
    email: str


class MailAddressChange(JobPayload):
    """Mail the new address a link that confirms it, and the old one a link that stops it."""

    kind: Literal["mail-address-change"] = "mail-address-change"
    user_id: UUID
    email: str


class KeepHouse(JobPayload):
    """Empty the trash of what is due, and forget what has ended."""

    kind: Literal["keep-house"] = "keep-house"


_Kinds = (
    ExportAccount
    | FetchCover
    | KeepHouse
    | MailAddressChange
    | MailResetLink
    | MailSignUp
    | MailSignUpAgain
    | SendMail
)
PAYLOADS: TypeAdapter[Any] = TypeAdapter(Annotated[_Kinds, Field(discriminator="kind")])
#: What the kinds are called.
KINDS: tuple[str, ...] = tuple(each.model_fields["kind"].default for each in get_args(_Kinds))


class JobProgress(Out):
    """How far a job is."""

    done: int
    total: Annotated[int | None, Field(description="Null when nobody knows yet.")]


class Job(Out):
    """Work that the caller asked for and does not wait for."""

    id: UUID
    kind: str
    state: JobState
    progress: JobProgress | None
    created_at: Instant
    started_at: Annotated[Instant | None, Field(description="When it was last taken on.")]
    ended_at: Instant | None
