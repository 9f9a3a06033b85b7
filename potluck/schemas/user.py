"""Accounts, and what signing in takes and gives."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import MISSING, AfterValidator, Field
from pydantic_core import PydanticCustomError

from potluck.core.scopes import Scope
from potluck.domain.email_address import is_email_address
from potluck.domain.roles import Role
from potluck.schemas.base import EntityOut, In, Out, Patch
from potluck.schemas.types import Instant, LanguageTag, Text

UnitSystem = Literal["original", "metric", "us"]


def _email(value: str) -> str:
    if not is_email_address(value):
        raise PydanticCustomError("not_an_email_address", "Send an address like ada@example.org.")
    return value


Email = Annotated[
    str, Text(3, 254), AfterValidator(_email), Field(json_schema_extra={"format": "email"})
]
DisplayName = Annotated[str, Text(1, 100)]
#: Never trimmed or cleaned; the service says whether it does, after NFC.
Password = Annotated[
    str,
    Field(
        strict=True,
        description=(
            "15 to 256 characters, unless the operator set another minimum; anything goes but what"
            " people would try first. The codes of a 422 are `password_too_short`,"
            " `password_too_long`, `password_contextual` (nothing but words of the address, of the"
            " name or of the service's, with digits and signs) and `password_breached` (on the list"
            " of leaked passwords, where one is installed)."
        ),
        json_schema_extra={"format": "password"},
    ),
]
#: A wrong one of any length is refused in the same words by who looks it up.
Secret = Annotated[str, Field(strict=True)]


class UserCreate(In):
    """What signing up takes."""

    email: Email
    password: Password
    display_name: DisplayName


class SignUpRequest(UserCreate):
    """What somebody sends who makes an account."""

    invitation: Annotated[
        Secret | MISSING,
        Field(
            description="The token of an invitation (`piv_...`); it is used up, and the account"
            " joins that household. Needed where sign-up is for the invited."
        ),
    ] = MISSING


class SetupRequest(UserCreate):
    """What the first administrator sends."""

    #: May be left out like any wrong secret: the answer is 401, not a lesson in guessing.
    secret: Secret = ""


class UserUpdate(Patch):
    """What people may change about themselves."""

    display_name: DisplayName | MISSING = MISSING
    locale: LanguageTag | MISSING = MISSING
    unit_system: UnitSystem | MISSING = MISSING
    default_household_id: UUID | MISSING = MISSING


class UserInDB(In):
    """The stored-only part of an account: never answered."""

    email: str
    email_key: str
    display_name: str
    password_hash: str | None
    is_instance_admin: bool = False


class UserMembership(Out):
    """One household of the user."""

    household_id: UUID
    name: str
    role: Role


class User(EntityOut):
    """An account, as its owner sees it."""

    email: str
    display_name: str
    locale: str
    unit_system: UnitSystem
    default_household_id: UUID | None
    is_instance_admin: bool
    deletion_at: Annotated[
        Instant | None,
        Field(description="When the account is deleted, as its owner asked; null: it stays."),
    ]
    memberships: list[UserMembership]


class RefreshRequest(In):
    """A refresh token in a body, never in a URL."""

    refresh_token: Secret


class PasswordChange(In):
    """Another password for the account that asks."""

    #: May be left out like any wrong one: both are 403.
    current_password: Annotated[
        str, Field(strict=True, json_schema_extra={"format": "password"})
    ] = ""
    new_password: Password
    revoke_personal_tokens: Annotated[
        bool,
        Field(strict=True, description="Whether the tokens of scripts end as well."),
    ] = False


class StepUp(In):
    """The password of who is signed in."""

    password: Annotated[Secret, Field(json_schema_extra={"format": "password"})]


class Address(In):
    """An address to write to."""

    email: Email


class LinkToken(In):
    """What stands in the link of a mail behind `token=`."""

    token: Secret


class CheckMail(Out):
    """The rest happens by mail."""

    status: Literal["check-mail"]


class PasswordReset(In):
    """Another password, by who holds the link of a mail."""

    token: Annotated[Secret, Field(description="What stands in the link behind `token=`.")]
    password: Password
    revoke_personal_tokens: Annotated[
        bool, Field(strict=True, description="Whether the tokens of scripts end as well.")
    ] = True


class Token(Out):
    """A pair of tokens; `expires_in` counts seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"]
    expires_in: int
    scope: Annotated[str, Field(examples=[" ".join(sorted(Scope))])]


class JsonWebKeySet(Out):
    """The public keys of access tokens (RFC 7517)."""

    keys: list[dict[str, Any]]
