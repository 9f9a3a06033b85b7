"""Exact numbers as cooks write them: read from text and printed again, never through a float."""

import re
from fractions import Fraction

#: Numerator and denominator stay below 2**53, the integers that every JSON reader keeps exactly
#: (RFC 8259, section 6).
LIMIT = 2**53

# Longer texts cannot be a number within the limit unless they are padded with zeros.
_MAX_CHARACTERS = 64

_VULGAR = {
    "¼": (1, 4), "½": (1, 2), "¾": (3, 4), "⅐": (1, 7), "⅑": (1, 9), "⅒": (1, 10), "⅓": (1, 3),
    "⅔": (2, 3), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6),
    "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8), "↉": (0, 3),
}  # fmt: skip

_DECIMAL = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")
_FRACTION = re.compile(r"(?:([0-9]+) )?([0-9]+)[/\u2044]([0-9]+)")
_VULGAR_FRACTION = re.compile(rf"(?:([0-9]+) ?)?([{''.join(_VULGAR)}])")

# Denominators that cups and spoons are sold in; other numbers read better as decimals.
KITCHEN_DENOMINATORS = frozenset({2, 3, 4, 6, 8, 16})
_MAX_DECIMALS = 4


def is_within_limit(value: Fraction) -> bool:
    """Whether `value` is not negative and both of its parts are below `LIMIT`."""
    return 0 <= value.numerator < LIMIT and value.denominator < LIMIT


def parse(text: str) -> Fraction:
    """The number that `text` writes as "3", "1/2", "1 1/2", "½", "1½", "0.5" or "0,5".

    One mark, point or comma, is a decimal mark; the slash may be U+2044. Signs, ranges, exponents
    and thousands marks are not read. Raises ValueError for any other text, OverflowError when the
    reduced number is outside the limit.
    """
    text = text.strip()
    if len(text) > _MAX_CHARACTERS:
        raise ValueError("the text is too long for a number")
    value = _read(text)
    if not is_within_limit(value):
        raise OverflowError("the number is too large or too fine")
    return value


def _read(text: str) -> Fraction:
    if found := _DECIMAL.fullmatch(text):
        whole, decimals = found[1], found[2] or ""
        return Fraction(int(whole + decimals), 10 ** len(decimals))
    if found := _FRACTION.fullmatch(text):
        if int(found[3]) == 0:
            raise ValueError("a denominator cannot be zero")
        return int(found[1] or 0) + Fraction(int(found[2]), int(found[3]))
    if found := _VULGAR_FRACTION.fullmatch(text):
        return int(found[1] or 0) + Fraction(*_VULGAR[found[2]])
    raise ValueError("the text is not a number")


def text(value: Fraction) -> str:
    """`value` as a cook writes it: "3", "1 1/2", "0.2"; `parse` reads it back to the same number.

    `value` must not be negative.
    """
    whole, rest = divmod(value.numerator, value.denominator)
    if rest == 0:
        return str(whole)
    if value.denominator in KITCHEN_DENOMINATORS:
        return _mixed(whole, rest, value.denominator)
    scaled = value * 10**_MAX_DECIMALS
    if scaled.denominator == 1:
        decimals = str(scaled.numerator % 10**_MAX_DECIMALS).zfill(_MAX_DECIMALS).rstrip("0")
        return f"{whole}.{decimals}"
    return _mixed(whole, rest, value.denominator)


def _mixed(whole: int, numerator: int, denominator: int) -> str:
    fraction = f"{numerator}/{denominator}"
    return f"{whole} {fraction}" if whole else fraction
