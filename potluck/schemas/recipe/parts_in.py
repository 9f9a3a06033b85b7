"""The values inside a recipe as callers send them, with the rules that one value has in itself.

Rules that span values (ids, references) are in `potluck.services.document_rules`.
"""

from typing import Annotated, Any, Self, get_args
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from potluck.domain import quantity
from potluck.schemas.base import In
from potluck.schemas.recipe.terms import (
    LineKind,
    NutrientCode,
    NutritionBasis,
    NutritionSource,
    ScalingKind,
    TagKind,
    TimerSource,
)
from potluck.schemas.types import (
    DecimalShare,
    DecimalText,
    Flag,
    NotNull,
    OptionalOriginalText,
    OptionalText,
    OriginalText,
    PositiveRational,
    Rational,
    Seconds,
    Share,
    Text,
    WebUrl,
    WholeNumber,
    left_out,
)

#: The id of a value; the server makes one when it is left out.
OwnId = Annotated[UUID | None, NotNull()]
Name = Annotated[str | None, OptionalText(200)]
Words = Annotated[str | None, OptionalText(500)]
AltNumber = Annotated[WholeNumber, Field(ge=0, le=99)]
TimerSeconds = Annotated[Seconds, Field(ge=1)]


class TagIn(In):
    """A tag by id, or by name and kind; with an id the rest does not count."""

    id: OwnId = left_out()
    kind: TagKind = "free"
    name: Annotated[Annotated[str, Text(1, 100)] | None, NotNull()] = left_out()

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.id is None and self.name is None:
            raise PydanticCustomError("tag_without_name", "Send the name or the id of the tag.")
        return self


class QuantityIn(In):
    """How much; the kind follows from `min` and `max` when it is left out."""

    kind: Annotated[quantity.QuantityKind | None, NotNull()] = left_out()
    min: Rational | None = None
    max: Rational | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        self.resolved()
        return self

    def resolved(self) -> quantity.Quantity:
        """The quantity with its kind; pieces of JSON that contradict each other are refused."""
        try:
            return quantity.resolve(self.kind, self.min, self.max)
        except ValueError as error:
            raise PydanticCustomError("quantity_not_consistent", str(error)) from None


class PackageIn(In):
    """The size of one unit."""

    size: Rational
    unit_text: Words


class AddedAmountIn(In):
    """A further amount."""

    amount: Rational
    unit_text: Words


class ScalingIn(In):
    """How the amount follows the yield."""

    kind: ScalingKind = "linear"
    step: PositiveRational | None = None

    @model_validator(mode="after")
    def _steps_only_when_stepped(self) -> Self:
        if (self.kind == "stepped") != (self.step is not None):
            raise PydanticCustomError(
                "scaling_not_consistent", "A step belongs to stepped scaling, and only there."
            )
        return self


class IngredientLineIn(In):
    """One ingredient line: in words (`original_text`), in parts (`food_text` and more), or both."""

    id: OwnId = left_out()
    kind: LineKind = "ingredient"
    quantity: QuantityIn = Field(default_factory=QuantityIn)
    unit_text: Words = None
    unit_id: None = None
    food_text: Annotated[str, Text(1, 1000)] | None = None
    food_id: None = None
    package: PackageIn | None = None
    plus: list[AddedAmountIn] = Field(default_factory=list, max_length=5)
    preparation: Words = None
    note: Words = None
    optional: Flag = False
    alt_group: AltNumber | None = None
    alt_rank: AltNumber | None = None
    scaling: ScalingIn = Field(default_factory=ScalingIn)
    original_text: Annotated[str, OriginalText(1, 1000)] | None = None
    parse: Any = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.original_text is None and self.food_text is None:
            raise PydanticCustomError("line_without_text", "Send original_text or food_text.")
        if self.kind == "text" and self._has_parts():
            raise PydanticCustomError(
                "text_line_with_parts", "A line of text has no quantity, no unit and no food."
            )
        if (self.alt_group is None) != (self.alt_rank is None):
            raise PydanticCustomError(
                "alternative_incomplete", "Send both alt_group and alt_rank, or neither."
            )
        return self

    def _has_parts(self) -> bool:
        named = (self.unit_text, self.food_text, self.package)
        return (
            self.quantity.resolved().kind != "none"
            or bool(self.plus)
            or any(part is not None for part in named)
        )


class IngredientGroupIn(In):
    """Ingredient lines under a heading, or under none."""

    id: OwnId = left_out()
    name: Name = None
    lines: list[IngredientLineIn] = Field(default_factory=list)


class StepIngredientIn(In):
    """The share of an ingredient line that a step uses, the whole of it by default."""

    line_id: UUID
    share: Annotated[Share | None, NotNull()] = left_out()


class StepTimerIn(In):
    """A time to wait for; `max_s` is `min_s` when it is left out."""

    id: OwnId = left_out()
    label: Annotated[str | None, OptionalText(100)] = None
    min_s: TimerSeconds
    max_s: Annotated[TimerSeconds | None, NotNull()] = left_out()
    source: TimerSource = "typed"

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        _refuse_disorder(self.min_s, self.max_s)
        return self


class StepIn(In):
    """One thing to do."""

    id: OwnId = left_out()
    title: Name = None
    text: Annotated[str, Text(1, 10_000)]
    ingredients: list[StepIngredientIn] = Field(default_factory=list, max_length=500)
    timers: list[StepTimerIn] = Field(default_factory=list, max_length=50)
    active_s: Seconds | None = None
    passive_s: Seconds | None = None


class SectionIn(In):
    """Steps under a heading, or under none."""

    id: OwnId = left_out()
    name: Name = None
    steps: list[StepIn] = Field(default_factory=list)


class TimeRangeIn(In):
    """A duration; `max_s` is `min_s` when it is left out, both are null when unreadable."""

    min_s: Seconds | None
    max_s: Seconds | None = left_out()
    original_text: Annotated[str | None, OptionalOriginalText(1000)] = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        has_max = "max_s" in self.model_fields_set
        if self.min_s is None and (self.max_s is not None or self.original_text is None):
            raise PydanticCustomError(
                "time_without_min", "Without min_s, send max_s null and the words as original_text."
            )
        if self.min_s is not None and has_max and self.max_s is None:
            raise PydanticCustomError("time_without_max", "Leave max_s out when it equals min_s.")
        _refuse_disorder(self.min_s, self.max_s)
        return self


class TimesIn(In):
    """How long the recipe takes."""

    prep: TimeRangeIn | None = None
    cook: TimeRangeIn | None = None
    rest: TimeRangeIn | None = None
    total: TimeRangeIn | None = None


class YieldsIn(In):
    """For how many people, and how much of what it makes."""

    servings: PositiveRational | None = None
    amount: PositiveRational | None = None
    noun: Annotated[str | None, OptionalText(100)] = None
    original_text: Annotated[str | None, OptionalOriginalText(200)] = None


class SourceIn(In):
    """Where the recipe comes from."""

    url_original: WebUrl | None = None
    url_canonical: WebUrl | None = None
    site: Annotated[str | None, OptionalText(300)] = None
    author: Annotated[str | None, OptionalText(300)] = None
    licence_note: Annotated[str | None, OptionalText(300)] = None


class NutrientIn(In):
    """An amount of one nutrient."""

    amount: DecimalText
    unit: Annotated[str, Text(1, 50)]


class CoverageIn(In):
    """The shares of lines and of mass that computed values rest on."""

    lines: DecimalShare | None = None
    mass: DecimalShare | None = None


def _few_nutrients(values: Any) -> Any:
    most = len(get_args(NutrientCode))
    if isinstance(values, dict) and len(values) > most:
        raise PydanticCustomError("too_many_nutrients", "There are more values than nutrients.")
    return values


class NutritionIn(In):
    """Nutrients by code; what is unknown is absent."""

    basis: NutritionBasis
    source: NutritionSource
    values: Annotated[dict[NutrientCode, NutrientIn], BeforeValidator(_few_nutrients)]
    coverage: CoverageIn | None = None


class NoteIn(In):
    """A note to the whole recipe."""

    id: OwnId = left_out()
    title: Name = None
    text: Annotated[str, Text(1, 10_000)]


def _refuse_disorder(least: int | None, most: int | None) -> None:
    if least is not None and most is not None and least > most:
        raise PydanticCustomError("min_above_max", "min_s must not be above max_s.")
