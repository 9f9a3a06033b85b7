"""What was read out of one foreign page, before it becomes a recipe of ours.

Values are plain and exact: durations in whole seconds, amounts as `Fraction` or decimal text, never
a float. `to_plain` and `from_plain` turn the whole into JSON types and back, because the reading
happens in another process and nothing that a hostile page touched may be unpickled.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

Method = Literal["site", "json-ld", "microdata", "h-recipe", "opengraph"]
Basis = Literal["per_serving", "per_100g", "per_recipe"]

#: A heading or None, and the ingredient lines under it.
Group = tuple[str | None, tuple[str, ...]]

#: Nutrient codes of the recipe document.
NUTRIENTS = (
    "energy",
    "fat",
    "saturated_fat",
    "trans_fat",
    "unsaturated_fat",
    "carbohydrate",
    "sugar",
    "fiber",
    "protein",
    "sodium",
    "salt",
    "cholesterol",
)


@dataclass(frozen=True, slots=True)
class PageStep:
    """One step; `title` is the short name that some pages give it beside its text."""

    text: str
    title: str | None = None


#: A heading or None, and the steps under it.
Section = tuple[str | None, tuple[PageStep, ...]]


@dataclass(frozen=True, slots=True)
class PageTime:
    """A duration in whole seconds; both ends are None when the words could not be read.

    `original_text` holds the page's own words where they were words.
    """

    min_s: int | None = None
    max_s: int | None = None
    original_text: str | None = None


@dataclass(frozen=True, slots=True)
class PageTimes:
    """The four durations that a recipe names; None where the page does not."""

    prep: PageTime | None = None
    cook: PageTime | None = None
    rest: PageTime | None = None
    total: PageTime | None = None


@dataclass(frozen=True, slots=True)
class PageYield:
    """How much the recipe gives: for how many people, and how many of what."""

    servings: Fraction | None = None
    amount: Fraction | None = None
    noun: str | None = None
    original_text: str | None = None


@dataclass(frozen=True, slots=True)
class PageNutrition:
    """`values` maps a code of `NUTRIENTS` to (decimal text, unit); an unknown one is absent."""

    basis: Basis
    values: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PageWarning:
    """Something that was not taken over as it stood: a code, an RFC 6901 pointer, a sentence."""

    code: str
    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class PageRecipe:
    """One recipe as a page tells it; all texts are plain text, without markup."""

    method: Method
    title: str | None = None
    summary: str | None = None
    language: str | None = None
    image_url: str | None = None
    canonical_url: str | None = None
    site: str | None = None
    author: str | None = None
    groups: tuple[Group, ...] = ()
    sections: tuple[Section, ...] = ()
    times: PageTimes = field(default_factory=PageTimes)
    yields: PageYield | None = None
    nutrition: PageNutrition | None = None
    tags: tuple[tuple[str, str], ...] = ()
    equipment: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[PageWarning, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """All ingredient lines in order, without their headings."""
        return tuple(line for _, lines in self.groups for line in lines)

    @property
    def steps(self) -> tuple[str, ...]:
        """All step texts in order, without their headings."""
        return tuple(step.text for _, steps in self.sections for step in steps)

    def to_plain(self) -> dict[str, Any]:
        """Everything as JSON types; a fraction becomes the text "n/d"."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        plain["groups"] = [[name, list(lines)] for name, lines in self.groups]
        plain["sections"] = _plain_sections(self.sections)
        plain["times"] = {name: _plain_time(getattr(self.times, name)) for name in _TIMES}
        plain["yields"] = _plain_yield(self.yields)
        plain["nutrition"] = _plain_nutrition(self.nutrition)
        plain["tags"] = [list(tag) for tag in self.tags]
        plain["equipment"] = list(self.equipment)
        plain["notes"] = list(self.notes)
        plain["warnings"] = [[w.code, w.pointer, w.detail] for w in self.warnings]
        return plain

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "PageRecipe":
        """The inverse of `to_plain`; raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            **{name: plain[name] for name in _PLAIN},
            groups=_groups(plain["groups"]),
            sections=_sections(plain["sections"]),
            times=PageTimes(**{name: _time(plain["times"][name]) for name in _TIMES}),
            yields=_yield(plain["yields"]),
            nutrition=_nutrition(plain["nutrition"]),
            tags=tuple((kind, name) for kind, name in plain["tags"]),
            equipment=tuple(plain["equipment"]),
            notes=tuple(plain["notes"]),
            warnings=tuple(PageWarning(*warning) for warning in plain["warnings"]),
        )


_PLAIN = (
    "method",
    "title",
    "summary",
    "language",
    "image_url",
    "canonical_url",
    "site",
    "author",
)
_TIMES = ("prep", "cook", "rest", "total")


def _groups(plain: list[list[Any]]) -> tuple[Group, ...]:
    return tuple((name, tuple(texts)) for name, texts in plain)


def _plain_sections(sections: tuple[Section, ...]) -> list[list[Any]]:
    return [[name, [[step.text, step.title] for step in steps]] for name, steps in sections]


def _sections(plain: list[list[Any]]) -> tuple[Section, ...]:
    return tuple((name, tuple(PageStep(*step) for step in steps)) for name, steps in plain)


def _plain_time(time: PageTime | None) -> list[Any] | None:
    return None if time is None else [time.min_s, time.max_s, time.original_text]


def _time(plain: list[Any] | None) -> PageTime | None:
    return None if plain is None else PageTime(*plain)


def _plain_fraction(number: Fraction | None) -> str | None:
    return None if number is None else f"{number.numerator}/{number.denominator}"


def _fraction(plain: str | None) -> Fraction | None:
    return None if plain is None else Fraction(plain)


def _plain_yield(yields: PageYield | None) -> dict[str, str | None] | None:
    if yields is None:
        return None
    return {
        "servings": _plain_fraction(yields.servings),
        "amount": _plain_fraction(yields.amount),
        "noun": yields.noun,
        "original_text": yields.original_text,
    }


def _yield(plain: dict[str, str | None] | None) -> PageYield | None:
    if plain is None:
        return None
    return PageYield(
        servings=_fraction(plain["servings"]),
        amount=_fraction(plain["amount"]),
        noun=plain["noun"],
        original_text=plain["original_text"],
    )


def _plain_nutrition(nutrition: PageNutrition | None) -> dict[str, Any] | None:
    if nutrition is None:
        return None
    values = {code: list(value) for code, value in nutrition.values.items()}
    return {"basis": nutrition.basis, "values": values}


def _nutrition(plain: dict[str, Any] | None) -> PageNutrition | None:
    if plain is None:
        return None
    values = {code: (amount, unit) for code, (amount, unit) in plain["values"].items()}
    return PageNutrition(basis=plain["basis"], values=values)
