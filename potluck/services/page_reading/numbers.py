"""Exact numbers as people write them: 4, 1.5, 1,5, 1/2, 1 1/2, ½, 1½."""

import re
import unicodedata
from fractions import Fraction

#: At most six digits before the mark: no recipe needs more, and no page may make us compute more.
_VULGAR = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
PATTERN = (
    r"(?:\d{1,6} +\d{1,3} ?[/\u2044] ?\d{1,3}|\d{1,6} ?[/\u2044] ?\d{1,3}"
    rf"|\d{{1,6}} ?[{_VULGAR}]|[{_VULGAR}]|\d{{1,6}}(?:[.,]\d{{1,4}})?)"
)
NUMBER = re.compile(PATTERN)
_MIXED = re.compile(r"(?:(\d+) +)?(\d+) ?[/\u2044] ?(\d+)")


def read_number(text: str) -> Fraction | None:
    """The value of one `PATTERN`, or None (a zero below the stroke, anything else)."""
    text = text.strip()
    if not NUMBER.fullmatch(text):
        return None
    mixed = _MIXED.fullmatch(text)
    if mixed:
        whole, above, below = mixed.groups()
        if int(below) == 0:
            return None
        return int(whole or 0) + Fraction(int(above), int(below))
    if text[-1] in _VULGAR:
        part = Fraction(unicodedata.numeric(text[-1])).limit_denominator(10)
        return int(text[:-1].strip() or 0) + part
    return Fraction(text.replace(",", "."))


def decimal_text(number: Fraction, digits: int = 4) -> str:
    """`number` as decimal text without an exponent or trailing zeros, at most `digits` places."""
    scaled = round(number * 10**digits)
    whole, rest = divmod(scaled, 10**digits)
    places = f"{rest:0{digits}d}".rstrip("0")
    return f"{whole}.{places}" if places else str(whole)
