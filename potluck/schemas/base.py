"""The four kinds of schema: what callers send, what they change, what we answer, a page of it."""

from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from pydantic import MISSING, BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from potluck.schemas.types import Instant

T = TypeVar("T")

_MAX_UNKNOWN = 50


class In(BaseModel):
    """What callers send: unknown members are refused, as are NaN and the infinities."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _is_of_our_size(cls, data: Any) -> Any:
        # Each unknown member is an error of its own; 90,000 of them took a second to describe.
        if isinstance(data, dict) and len(data) > len(cls.model_fields) + _MAX_UNKNOWN:
            raise PydanticCustomError("too_many_members", "The object has far too many members.")
        return data


class Patch(In):
    """A partial update: members default to MISSING, so that `null` can mean null.

    An update that names no member is refused.
    """

    @model_validator(mode="after")
    def _names_a_member(self) -> Self:
        if not self.changes():
            raise PydanticCustomError("nothing_to_change", "Send at least one member.")
        return self

    def changes(self) -> dict[str, Any]:
        """The members that were sent, by name, as the validated Python values."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: value for name, value in values if value is not MISSING}


class Out(BaseModel):
    """What we answer. No member has a default: every member is present in every answer."""

    model_config = ConfigDict(from_attributes=True)


class EntityOut(Out):
    """The members that every stored entity answers; `version` counts its changes."""

    id: UUID
    version: int
    created_at: Instant
    updated_at: Instant


class Page(Out, Generic[T]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None
