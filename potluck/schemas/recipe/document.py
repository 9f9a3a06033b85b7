"""The recipe as it is stored and answered: complete, normalised, without defaults.

What is stored was checked when it came in, so these models check shapes alone and stay cheap to
read.
"""

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict

from potluck.domain.quantity import QuantityKind
from potluck.schemas.base import Out
from potluck.schemas.recipe.terms import (
    LineKind,
    NutrientCode,
    NutritionBasis,
    NutritionSource,
    ScalingKind,
    Status,
    TimerSource,
    Visibility,
)
from potluck.schemas.types import DecimalShare, DecimalText, Rational


class Part(Out):
    """A value inside a recipe; it is replaced, never changed."""

    model_config = ConfigDict(frozen=True)


class Quantity(Part):
    """An amount between `min` and `max`; null is an open end, or no amount at all."""

    kind: QuantityKind
    min: Rational | None
    max: Rational | None


class Package(Part):
    """The size of one unit: "2 (400 g) tins"."""

    size: Rational
    unit_text: str | None


class AddedAmount(Part):
    """A further amount: "1 cup plus 2 tbsp"."""

    amount: Rational
    unit_text: str | None


class Scaling(Part):
    """How the amount follows the yield; `step` is the smallest difference when stepped."""

    kind: ScalingKind
    step: Rational | None


class IngredientLine(Part):
    """One line of a list of ingredients; `original_text` is what the cook or the page wrote."""

    id: UUID
    kind: LineKind
    quantity: Quantity
    unit_text: str | None
    unit_id: UUID | None
    food_text: str | None
    food_id: UUID | None
    package: Package | None
    plus: list[AddedAmount]
    preparation: str | None
    note: str | None
    optional: bool
    alt_group: int | None
    alt_rank: int | None
    scaling: Scaling
    original_text: str
    parse: dict[str, Any] | None


class IngredientGroup(Part):
    """Ingredient lines under a heading, or under none."""

    id: UUID
    name: str | None
    lines: list[IngredientLine]


class StepIngredient(Part):
    """The share of an ingredient line that a step uses."""

    line_id: UUID
    share: Rational


class StepTimer(Part):
    """A time to wait for, in seconds."""

    id: UUID
    label: str | None
    min_s: int
    max_s: int
    source: TimerSource


class Step(Part):
    """One thing to do; `text` may hold the tokens of `potluck.domain.step_text`."""

    id: UUID
    title: str | None
    text: str
    ingredients: list[StepIngredient]
    timers: list[StepTimer]
    active_s: int | None
    passive_s: int | None


class Section(Part):
    """Steps under a heading, or under none."""

    id: UUID
    name: str | None
    steps: list[Step]


class TimeRange(Part):
    """A duration in seconds; both ends are null when `original_text` could not be read."""

    min_s: int | None
    max_s: int | None
    original_text: str | None


class Times(Part):
    """How long the recipe takes; `total` stands on its own."""

    prep: TimeRange | None
    cook: TimeRange | None
    rest: TimeRange | None
    total: TimeRange | None


class Yields(Part):
    """For how many people, and how much of what it makes."""

    servings: Rational | None
    amount: Rational | None
    noun: str | None
    original_text: str | None


class Source(Part):
    """Where the recipe comes from."""

    url_original: str | None
    url_canonical: str | None
    site: str | None
    author: str | None
    licence_note: str | None


class Nutrient(Part):
    """An amount of one nutrient, as decimal text and unit."""

    amount: DecimalText
    unit: str


class Coverage(Part):
    """The shares of lines and of mass that computed values rest on."""

    lines: DecimalShare | None
    mass: DecimalShare | None


class Nutrition(Part):
    """Nutrients by code; what is unknown is absent."""

    basis: NutritionBasis
    source: NutritionSource
    values: dict[NutrientCode, Nutrient]
    coverage: Coverage | None


class Note(Part):
    """A note to the whole recipe."""

    id: UUID
    title: str | None
    text: str


class RecipeContent(Out):
    """The writable members of a recipe but its tags, whose names live outside the document."""

    title: str
    summary: str | None
    language: str
    status: Status
    visibility: Visibility
    ingredient_groups: list[IngredientGroup]
    sections: list[Section]
    times: Times
    yields: Yields
    source: Source
    image_url: str | None
    equipment: list[str]
    nutrition: Nutrition | None
    notes: list[Note]


class RecipeDocument(RecipeContent):
    """What one saved state of a recipe consists of; `schema_version` names this shape."""

    model_config = ConfigDict(frozen=True)

    schema_version: Literal[1]
    tag_ids: list[UUID]
