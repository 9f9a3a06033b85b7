"""What each mail needs to know. A mail has one class; `kind` names its template.

Links are paths from the root of this instance: the address of the instance is put before them
from the settings when the mail is written, whatever a request said (see `services.mail_text`).
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from potluck.domain.roles import Role

_MAX_WORDS = 300


def _one_line(value: object) -> object:
    """What people wrote, without what could look like further lines of ours."""
    if not isinstance(value, str):
        return value
    words = "".join(each if each.isprintable() else " " for each in value).split()
    return " ".join(words)[:_MAX_WORDS]


Words = Annotated[str, BeforeValidator(_one_line)]
#: From the root of this instance; a second slash would name another host (RFC 3986, 4.2).
LinkPath = Annotated[str, Field(pattern=r"^/([!-.0-\[\]-~][!-~]*)?$", max_length=2000)]


class _Mail(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WelcomeMail(_Mail):
    """To who has a new account."""

    kind: Literal["welcome"] = "welcome"
    name: Words
    path: LinkPath = "/"


class VerifyEmailMail(_Mail):
    """To an address that an account was made for; the link proves that it is read."""

    kind: Literal["verify_email"] = "verify_email"
    name: Words
    path: LinkPath
    expires_at: AwareDatetime


class SignupExistsMail(_Mail):
    """To the owner of an account that somebody tried to make again; `path` resets the password."""

    kind: Literal["signup_exists"] = "signup_exists"
    name: Words
    path: LinkPath


class PasswordResetMail(_Mail):
    """To who asked for a new password, or for whom somebody did."""

    kind: Literal["password_reset"] = "password_reset"
    name: Words
    path: LinkPath
    expires_at: AwareDatetime


class PasswordChangedMail(_Mail):
    """After the password is another; `path` resets it, should it not have been the owner."""

    kind: Literal["password_changed"] = "password_changed"
    name: Words
    changed_at: AwareDatetime
    path: LinkPath


class EmailChangeConfirmMail(_Mail):
    """To the new address; the link makes it the account's."""

    kind: Literal["email_change_confirm"] = "email_change_confirm"
    name: Words
    path: LinkPath
    expires_at: AwareDatetime


class EmailChangeNoticeMail(_Mail):
    """To the old address; the link takes the change back."""

    kind: Literal["email_change_notice"] = "email_change_notice"
    name: Words
    new_email: Words
    path: LinkPath


class EmailWantedMail(_Mail):
    """To the owner of an address that somebody else wants for their account."""

    kind: Literal["email_wanted"] = "email_wanted"
    name: Words


class InvitationMail(_Mail):
    """To who is asked into a household; `inviter` is the name of who asks."""

    kind: Literal["invitation"] = "invitation"
    household: Words
    inviter: Words
    role: Role
    path: LinkPath
    expires_at: AwareDatetime


class TokenReuseMail(_Mail):
    """After a sign-in was ended because a copy of its refresh token was in use."""

    kind: Literal["token_reuse"] = "token_reuse"
    name: Words
    noticed_at: AwareDatetime
    path: LinkPath = "/sessions"


class TokenCreatedMail(_Mail):
    """After a personal token was made."""

    kind: Literal["token_created"] = "token_created"
    name: Words
    token_name: Words
    created_at: AwareDatetime
    path: LinkPath = "/tokens"


class AccountDeletionScheduledMail(_Mail):
    """After an account was asked to be deleted; until then, the link undoes it."""

    kind: Literal["account_deletion_scheduled"] = "account_deletion_scheduled"
    name: Words
    until: AwareDatetime
    path: LinkPath


class ExportReadyMail(_Mail):
    """When the archive of somebody's data can be fetched."""

    kind: Literal["export_ready"] = "export_ready"
    name: Words
    path: LinkPath
    expires_at: AwareDatetime


class RoleChangedMail(_Mail):
    """To a member whose role is another; `actor` is the name of who changed it."""

    kind: Literal["role_changed"] = "role_changed"
    name: Words
    household: Words
    role: Role
    actor: Words


class MemberRemovedMail(_Mail):
    """To who was taken out of a household; `actor` is the name of who did it."""

    kind: Literal["member_removed"] = "member_removed"
    name: Words
    household: Words
    actor: Words
    path: LinkPath = "/households"


class OwnershipTransferredMail(_Mail):
    """To the new owner of a household."""

    kind: Literal["ownership_transferred"] = "ownership_transferred"
    name: Words
    household: Words
    previous_owner: Words
    new_owner: Words


class HouseholdDeletedMail(_Mail):
    """To every member of a household in the trash; its owners restore it there until then."""

    kind: Literal["household_deleted"] = "household_deleted"
    name: Words
    household: Words
    actor: Words
    until: AwareDatetime
    path: LinkPath = "/households"


class TrialMail(_Mail):
    """To whoever the operator tries the mail server with."""

    kind: Literal["mail_test"] = "mail_test"
    path: LinkPath = "/"


Mail = Annotated[
    WelcomeMail
    | VerifyEmailMail
    | SignupExistsMail
    | PasswordResetMail
    | PasswordChangedMail
    | EmailChangeConfirmMail
    | EmailChangeNoticeMail
    | EmailWantedMail
    | InvitationMail
    | TokenReuseMail
    | TokenCreatedMail
    | AccountDeletionScheduledMail
    | ExportReadyMail
    | RoleChangedMail
    | MemberRemovedMail
    | OwnershipTransferredMail
    | HouseholdDeletedMail
    | TrialMail,
    Field(discriminator="kind"),
]
