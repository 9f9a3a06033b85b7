"""Tags of a household."""

from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field

from potluck.schemas.base import EntityOut, In, Patch
from potluck.schemas.recipe.terms import TagKind
from potluck.schemas.types import NotNull, Text, left_out

TagName = Annotated[str, Text(1, 100)]
Colour = Annotated[str, Field(strict=True, pattern=r"^#[0-9a-fA-F]{6}$")]


class TagCreate(In):
    """A new tag; the household is the caller's default when left out."""

    household_id: Annotated[UUID | None, NotNull()] = left_out()
    kind: TagKind = "free"
    name: TagName
    parent_id: UUID | None = None
    colour: Colour | None = None


class TagUpdate(Patch):
    """What editors may change; the household stays."""

    kind: TagKind | MISSING = MISSING
    name: TagName | MISSING = MISSING
    parent_id: UUID | MISSING | None = MISSING
    colour: Colour | MISSING | None = MISSING


class TagInDB(In):
    """A tag row; `name_key` is the name without case and accents."""

    household_id: UUID
    kind: TagKind
    name: str
    name_key: str
    parent_id: UUID | None = None
    colour: str | None = None


class Tag(EntityOut):
    """A tag, as the members of its household see it."""

    household_id: UUID
    kind: TagKind
    name: str
    parent_id: UUID | None
    colour: str | None
