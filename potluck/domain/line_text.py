"""Writes an ingredient line in words from its parts, for lines that came without words."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from potluck.domain import rational
from potluck.domain.quantity import Quantity

#: Original text is bounded; a line written from its parts is cut there.
MAX_LENGTH = 1000

# English unit words with a plural; abbreviations (g, ml, tbsp) and words of other languages stay
# as they are.
_PLURALS = {
    word: f"{word}s"
    for word in (
        "bag", "bottle", "can", "carton", "clove", "cube", "cup", "drop", "fillet", "gallon",
        "gram", "handful", "head", "jar", "kilogram", "knob", "liter", "litre", "milligram",
        "milliliter", "millilitre", "ounce", "packet", "package", "piece", "pint", "pound", "quart",
        "rasher", "scoop", "sheet", "slice", "sprig", "stalk", "stick", "tablespoon",
        "teaspoon", "tin", "tub",
    )
} | {
    "box": "boxes", "bunch": "bunches", "dash": "dashes", "glass": "glasses", "leaf": "leaves",
    "loaf": "loaves", "pinch": "pinches", "splash": "splashes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a unit; the unit is None for pieces."""

    number: Fraction
    unit: str | None


@dataclass(frozen=True, slots=True)
class LineParts:
    """What a line says: how much, of what, prepared how.

    `package` is the size of one unit ("2 (400 g) tins"), `plus` are amounts that are added.
    """

    quantity: Quantity
    unit: str | None
    food: str
    package: Amount | None = None
    plus: tuple[Amount, ...] = ()
    preparation: str | None = None
    note: str | None = None
    is_optional: bool = False


def write(parts: LineParts, *, language: str) -> str:
    """One line such as "1 1/2-2 cups flour, sifted", of 1 to `MAX_LENGTH` characters.

    Units take their plural only where `language` (BCP 47) is English.
    """
    is_english = language.lower().split("-")[0] == "en"
    line = " ".join(_amounts(parts, is_english=is_english))
    if parts.preparation:
        line += f", {parts.preparation}"
    if parts.quantity.kind == "to_taste":
        line += ", to taste"
    if parts.note:
        line += f" ({parts.note})"
    if parts.is_optional:
        line += " (optional)"
    return line[:MAX_LENGTH].rstrip()


def _amounts(parts: LineParts, *, is_english: bool) -> Iterator[str]:
    number = _number(parts.quantity)
    if number:
        yield number
    if parts.package:
        yield f"({_amount(parts.package, is_english=is_english)})"
    if parts.unit:
        yield _unit(parts.unit, parts.quantity.max or parts.quantity.min, is_english=is_english)
    for amount in parts.plus:
        yield f"plus {_amount(amount, is_english=is_english)}"
    yield parts.food


def _number(quantity: Quantity) -> str:
    low = "" if quantity.min is None else rational.text(quantity.min)
    high = "" if quantity.max is None else rational.text(quantity.max)
    if quantity.kind == "about":
        return f"about {low}"
    if quantity.kind == "range":
        return f"{low}-{high}"
    if quantity.kind == "up_to":
        return f"up to {high}"
    if quantity.kind == "at_least":
        return f"at least {low}"
    return low


def _amount(amount: Amount, *, is_english: bool) -> str:
    number = rational.text(amount.number)
    if amount.unit is None:
        return number
    return f"{number} {_unit(amount.unit, amount.number, is_english=is_english)}"


def _unit(unit: str, number: Fraction | None, *, is_english: bool) -> str:
    is_plural = is_english and number is not None and number > 1
    return _PLURALS.get(unit, unit) if is_plural else unit
