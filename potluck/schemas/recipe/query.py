"""What a list of recipes may be asked for."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from potluck.schemas.recipe.terms import Status, Visibility
from potluck.schemas.types import MAX_SECONDS, Text

SearchWords = Annotated[str, Text(1, 200)]
TagWord = Annotated[str, Text(1, 100)]


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
