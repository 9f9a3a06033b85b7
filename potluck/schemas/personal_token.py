"""Personal access tokens."""

from typing import Annotated
from uuid import UUID

from pydantic import MISSING, AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from potluck.core.scopes import SCOPES_OF_TOKENS, Scope
from potluck.schemas.base import In, Out
from potluck.schemas.types import Instant, SentInstant, Text


def _grantable(scope: Scope) -> Scope:
    if scope not in SCOPES_OF_TOKENS:
        raise PydanticCustomError("not_for_tokens", "A personal token never carries this scope.")
    return scope


def _each_once(scopes: list[Scope]) -> list[Scope]:
    return sorted(set(scopes))


TokenScope = Annotated[
    Scope,
    AfterValidator(_grantable),
    WithJsonSchema({"type": "string", "enum": sorted(SCOPES_OF_TOKENS)}),
]
TokenName = Annotated[str, Text(1, 100)]


class PersonalTokenCreate(In):
    """A new token; `household_id` narrows it to one of the caller's households."""

    name: TokenName
    scopes: Annotated[
        list[TokenScope],
        Field(min_length=1, max_length=len(SCOPES_OF_TOKENS)),
        AfterValidator(_each_once),
    ]
    household_id: UUID | None = None
    expires_at: Annotated[
        SentInstant | MISSING | None,
        Field(description="Left out: in 90 days. Null: never. At most 10 years from now."),
    ] = MISSING


class PersonalToken(Out):
    """A token without the token itself; `hint` is how it ends."""

    id: UUID
    name: str
    scopes: list[TokenScope]
    household_id: UUID | None
    hint: str
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Annotated[Instant | None, Field(description="To within a minute.")]


class NewPersonalToken(PersonalToken):
    """A token that was just made: the one time that `token` is shown."""

    token: str
