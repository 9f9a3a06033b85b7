"""How much of an ingredient a line asks for: never more exact than what the cook wrote."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

QuantityKind = Literal["none", "exact", "range", "about", "up_to", "at_least", "to_taste"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount between `min` and `max`; None is an open end, or no amount at all."""

    kind: QuantityKind
    min: Fraction | None
    max: Fraction | None


def resolve(kind: QuantityKind | None, low: Fraction | None, high: Fraction | None) -> Quantity:
    """The quantity of the given kind, or of the kind that follows from the ends when it is None.

    Raises ValueError with a sentence when the ends do not fit the kind or each other.
    """
    kind = kind or _infer(low, high)
    if kind in {"exact", "about"}:
        high = low if high is None else high
    if not _fits(kind, low, high):
        raise ValueError(_RULES[kind])
    return Quantity(kind, low, high)


def _infer(low: Fraction | None, high: Fraction | None) -> QuantityKind:
    if low is None:
        return "none" if high is None else "up_to"
    if high is None or low == high:
        return "exact"
    return "range"


_RULES: dict[QuantityKind, str] = {
    "none": "Without a quantity, min and max are null.",
    "to_taste": "To taste, min and max are null.",
    "exact": "An exact quantity has a min, and a max that equals it or is left out.",
    "about": "An approximate quantity has a min, and a max that equals it or is left out.",
    "range": "A range has a min below its max.",
    "up_to": "A quantity up to a max has no min.",
    "at_least": "A quantity of at least a min has no max.",
}


def _fits(kind: QuantityKind, low: Fraction | None, high: Fraction | None) -> bool:
    if kind in {"none", "to_taste"}:
        return low is None and high is None
    if kind == "up_to":
        return low is None and high is not None
    if kind == "at_least":
        return low is not None and high is None
    if low is None or high is None:
        return False
    return low < high if kind == "range" else low == high
