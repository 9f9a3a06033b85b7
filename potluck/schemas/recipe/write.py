"""A recipe as callers send it: to create one, to replace one, to change members of one."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import MISSING, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from potluck.schemas.base import In, Patch
from potluck.schemas.recipe.parts_in import (
    IngredientGroupIn,
    NoteIn,
    NutritionIn,
    SectionIn,
    SourceIn,
    TagIn,
    TimesIn,
    YieldsIn,
)
from potluck.schemas.recipe.terms import Status, Visibility
from potluck.schemas.types import LanguageTag, NotNull, OptionalText, Text, WebUrl, left_out

Title = Annotated[str, Text(1, 300)]
Summary = Annotated[str | None, OptionalText(2000)]
MAX_LINES = 500
MAX_STEPS = 300


def _count(groups: Any, name: str) -> int:
    """How many lines or steps `groups` hold, as far as they have the form of groups."""
    if not isinstance(groups, list):
        return 0
    lists = (
        group.get(name) if isinstance(group, dict) else getattr(group, name, None)
        for group in groups
    )
    return sum(len(each) for each in lists if isinstance(each, list))


def _few_lines(groups: Any) -> Any:
    if _count(groups, "lines") > MAX_LINES:
        raise PydanticCustomError("too_many_lines", "Use at most 500 ingredient lines in all.")
    return groups


def _few_steps(sections: Any) -> Any:
    if _count(sections, "steps") > MAX_STEPS:
        raise PydanticCustomError("too_many_steps", "Use at most 300 steps in all.")
    return sections


Tags = Annotated[list[TagIn], Field(max_length=50)]
IngredientGroups = Annotated[
    list[IngredientGroupIn], Field(max_length=50), BeforeValidator(_few_lines)
]
Sections = Annotated[list[SectionIn], Field(max_length=50), BeforeValidator(_few_steps)]
Equipment = Annotated[list[Annotated[str, Text(1, 200)]], Field(max_length=50)]
Notes = Annotated[list[NoteIn], Field(max_length=20)]


class RecipeWrite(In):
    """Every writable member with its default.

    `language`, `status` and `visibility` are None when left out: what they become depends on the
    household, or on the recipe that is replaced.
    """

    title: Title
    summary: Summary = None
    language: Annotated[LanguageTag | None, NotNull()] = left_out()
    status: Annotated[Status | None, NotNull()] = left_out()
    visibility: Annotated[Visibility | None, NotNull()] = left_out()
    tags: Tags = Field(default_factory=list)
    ingredient_groups: IngredientGroups = Field(default_factory=list)
    sections: Sections = Field(default_factory=list)
    times: TimesIn = Field(default_factory=TimesIn)
    yields: YieldsIn = Field(default_factory=YieldsIn)
    source: SourceIn = Field(default_factory=SourceIn)
    image_url: WebUrl | None = None
    equipment: Equipment = Field(default_factory=list)
    nutrition: NutritionIn | None = None
    notes: Notes = Field(default_factory=list)


class RecipeCreate(RecipeWrite):
    """A new recipe; without `household_id` it goes to the caller's default household."""

    household_id: Annotated[UUID | None, NotNull()] = left_out()


class RecipePut(RecipeWrite):
    """All writable members of a recipe; what is left out takes its default."""


class RecipeUpdate(Patch):
    """The members of a recipe to change; each replaces the old value whole."""

    title: Title | MISSING = MISSING
    summary: Summary | MISSING = MISSING
    language: LanguageTag | MISSING = MISSING
    status: Status | MISSING = MISSING
    visibility: Visibility | MISSING = MISSING
    tags: Tags | MISSING = MISSING
    ingredient_groups: IngredientGroups | MISSING = MISSING
    sections: Sections | MISSING = MISSING
    times: TimesIn | MISSING = MISSING
    yields: YieldsIn | MISSING = MISSING
    source: SourceIn | MISSING = MISSING
    image_url: WebUrl | MISSING | None = MISSING
    equipment: Equipment | MISSING = MISSING
    nutrition: NutritionIn | MISSING | None = MISSING
    notes: Notes | MISSING = MISSING
