"""Cookbooks of a household."""

from typing import Annotated
from uuid import UUID

from pydantic import MISSING

from potluck.schemas.base import EntityOut, In, Patch
from potluck.schemas.types import Text

CookbookName = Annotated[str, Text(1, 100)]
Description = Annotated[str, Text(1, 2000)]


class CookbookCreate(In):
    """A new cookbook; the household is the caller's default when left out."""

    household_id: UUID | None = None
    name: CookbookName
    description: Description | None = None


class CookbookUpdate(Patch):
    """What editors may change; the household stays."""

    name: CookbookName | MISSING = MISSING
    description: Description | MISSING | None = MISSING


class CookbookInDB(In):
    """A cookbook row."""

    household_id: UUID
    name: str
    description: str | None = None


class Cookbook(EntityOut):
    """A cookbook, as the members of its household see it."""

    household_id: UUID
    name: str
    description: str | None
