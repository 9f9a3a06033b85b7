"""What a list of recipes may be asked for."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticKnownError

from potluck.schemas.recipe.terms import Status, Visibility
from potluck.schemas.types import MAX_SECONDS, SentInstant, Text

#: The most recipes that one request may name.
MAX_IDS = 100


def _split(sent: Any) -> list[str]:
    """Items may come as parameters of their own, and several in one with commas between."""
    return [each for part in sent for each in part.split(",")]


def _distinct(ids: list[UUID]) -> list[UUID]:
    found = list(dict.fromkeys(ids))
    if len(found) > MAX_IDS:
        limits = {"field_type": "List", "max_length": MAX_IDS, "actual_length": len(found)}
        raise PydanticKnownError("too_long", limits)
    return found


SearchWords = Annotated[str, Text(1, 200)]
TagWord = Annotated[str, Text(1, 100)]
#: Of digits after the sixth of a second nothing is kept: earlier is always safe.
Since = SentInstant
Ids = Annotated[list[UUID], BeforeValidator(_split), AfterValidator(_distinct)]


class RecipeSort(StrEnum):
    """Orders of a list; a minus sign turns them round, unknown values come last."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    LAST_CHANGED = "-updated_at"
    FIRST_CHANGED = "updated_at"
    TITLE = "title"
    TITLE_DOWN = "-title"
    QUICKEST = "total_time"
    SLOWEST = "-total_time"


class RecipeFilter(BaseModel):
    """All conditions must hold; `tag` (id or name) may be repeated, and all must match."""

    household_id: UUID | None = Field(None, description="Recipes of this household.")
    author_id: UUID | None = Field(None, description="Recipes this account wrote.")
    tag: list[TagWord] = Field([], max_length=20, description="Id or name of a tag; repeatable.")
    status: Status | None = Field(None, description="Archived recipes appear only when asked for.")
    visibility: Visibility | None = Field(None, description="Who may see them.")
    max_total_time: int | None = Field(
        None, ge=0, le=MAX_SECONDS, description="Longest total time in seconds."
    )
    q: SearchWords | None = Field(None, description="Words that must all occur.")
    sort: RecipeSort = Field(RecipeSort.NEWEST, description="Order of the list.")


class RecipeQuery(RecipeFilter):
    """A filter, or what changed since an instant, or named recipes."""

    updated_since: Since | None = Field(
        None,
        description="The change feed: everything that changed at this instant (RFC 3339) or later, "
        "of every status, in the order of the changes; what lies in the trash as a tombstone. "
        "Goes together with `household_id`, `limit` and `cursor` only.",
    )
    ids: Ids | None = Field(
        None,
        description="Only these recipes, of every status: 1 to 100 ids, repeated or with commas "
        "between. Without `limit` one page holds them all.",
    )
