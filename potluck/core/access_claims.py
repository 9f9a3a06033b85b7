"""What an access token says: one model, through which everything goes into a token and out of it.

The names in a token are the aliases. Those of RFC 7519 and RFC 9068 are theirs; `sid` and `ep` are
ours, and so are the fields of `OwnClaims`.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

from potluck.core.scopes import to_text
from potluck.core.setting_section import Section

#: The largest instant of a token, in seconds since 1970: the year 2100.
_LAST = 4_102_444_800


class OwnClaims(Section):
    """Claims that an installation adds for others who read its tokens, such as a gateway.

    Here nothing follows from them. A claim is added by a field here, and nowhere else. Its name is
    the one in the token, and `POTLUCK_TOKENS__CLAIMS__` with it gives it a value; its default is
    None, and leaves it out. A token that says something of another type is refused.
    """

    tenant: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7E]{1,100}$")] | None = Field(
        None,
        description="Claim `tenant` of every access token, by which a gateway may route.",
    )


def _from_wire_id(value: Any) -> Any:
    """The id of its usual spelling, the only one that we write; JSON holds no UUID itself."""
    if isinstance(value, str):
        id = UUID(value)
        if str(id) != value:
            raise ValueError("not the usual spelling of the id")
        return id
    return value


def _from_wire_instant(value: Any) -> Any:
    """Whole seconds since 1970 (RFC 7519 allows fractions, we write none)."""
    if isinstance(value, datetime):
        return value
    if type(value) is not int or not 0 <= value <= _LAST:
        raise ValueError("not whole seconds")
    return datetime.fromtimestamp(value, UTC)


def _from_wire_scopes(value: Any) -> Any:
    return frozenset(value.split()) if isinstance(value, str) else value


_Id = Annotated[UUID, BeforeValidator(_from_wire_id), PlainSerializer(str)]
_Instant = Annotated[
    datetime,
    BeforeValidator(_from_wire_instant),
    PlainSerializer(lambda at: int(at.timestamp()), return_type=int),
]
_Scopes = Annotated[frozenset[str], BeforeValidator(_from_wire_scopes), PlainSerializer(to_text)]
_Text = Annotated[str, Field(min_length=1)]


class AccessClaims(OwnClaims):
    """The claims of one token. Instants are aware UTC, whole seconds in the token.

    `family_id` is the sign-in, `epoch` the user's counter of "sign out everywhere" at that moment,
    `auth_time` when the person last proved who they are. Unknown claims are passed over: a newer
    version may have signed. ValidationError, a ValueError, for everything that we do not write.
    """

    model_config = ConfigDict(
        extra="ignore",
        strict=True,
        validate_by_name=True,
        validate_by_alias=True,
        # What a forged token says belongs into no log.
        hide_input_in_errors=True,
    )

    issuer: _Text = Field(alias="iss")
    audience: _Text = Field(alias="aud")
    user_id: _Id = Field(alias="sub")
    family_id: _Id = Field(alias="sid")
    epoch: Annotated[int, Field(ge=0)] = Field(alias="ep")
    scopes: _Scopes = Field(alias="scope")
    client_id: _Text
    issued_at: _Instant = Field(alias="iat")
    expires_at: _Instant = Field(alias="exp")
    auth_time: _Instant
    jti: _Text

    @classmethod
    def from_wire(cls, claims: dict[str, Any]) -> Self:
        """The claims of a token, by the names and types in which they are written, and no other."""
        return cls.model_validate(claims, by_alias=True, by_name=False)

    def to_wire(self) -> dict[str, Any]:
        """The claims as a token holds them: JSON types under the names of the standards."""
        return self.model_dump(by_alias=True, exclude_none=True)

    @model_validator(mode="after")
    def _times_agree(self) -> Self:
        if not self.auth_time <= self.issued_at < self.expires_at:
            raise ValueError("times that contradict each other")
        return self
