"""Durations as pages write them: ISO 8601 (also broken), clock times, words in many languages."""

import re
from dataclasses import dataclass
from fractions import Fraction

from potluck.domain.page_recipe import PageTime
from potluck.services.page_reading.numbers import PATTERN, read_number
from potluck.services.page_reading.words import (
    ARTICLES,
    HALF_WORDS,
    NUMBER_WORDS,
    RANGE_WORDS,
    TIME_UNITS,
)

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
#: The recipe document holds durations up to 30 days.
LONGEST_S = 30 * DAY
#: Longer "durations" are prose; a limit keeps the reading cheap.
_LONGEST_TEXT = 300

_NUMBERS = {word: Fraction(number) for number, words in NUMBER_WORDS.items() for word in words}
_SECONDS = {word: size for size, words in TIME_UNITS.items() for word in words}

_TOKEN = re.compile(rf"({PATTERN})|([^\W\d_]+)|([^\w\s.,;:/])")
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_ISO_PART = re.compile(r"([+-]?\d{0,7}(?:[.,]\d{1,4})?)([A-Z])")
_LIKE_ISO = re.compile(r"[Pp][Tt]?-?[\d.]\S*")
_ISO_TAIL = re.compile(r"\d{1,6}")


def read_time(text: str) -> PageTime | None:
    """A duration from ISO 8601, a clock time, a bare number (minutes) or words.

    None when there is nothing, or a zero (pages write zero for "not given"); both ends None beside
    the words when they could not be read.
    """
    text = " ".join(text.split())
    if not text:
        return None
    seconds = _read_seconds(text)
    if seconds is None or not 0 <= seconds[0] <= seconds[1] <= LONGEST_S:
        return PageTime(original_text=text)
    if seconds[1] == 0:
        return None
    words = None if text[:1] in {"P", "p"} or text.isdigit() else text
    return PageTime(seconds[0], seconds[1], words)


def _read_seconds(text: str) -> tuple[int, int] | None:
    if len(text) > _LONGEST_TEXT:
        return None
    if text[:2].upper() == "-P":
        return None
    iso = _read_iso(text.upper())
    if iso is not None:
        return iso, iso
    if _LIKE_ISO.fullmatch(text):
        return None
    clock = _CLOCK.match(text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total = hours * HOUR + minutes * MINUTE + seconds
        return total, total
    return _read_words(text.casefold())


def _read_iso(text: str) -> int | None:
    """Whole seconds of an ISO 8601 duration, also one without T or with a part that has no number.

    A part "M" before the T is months by the standard; a recipe that says P30M means minutes.
    """
    if not text.startswith("P"):
        return None
    days, has_t, hours = text[1:].partition("T")
    total = Fraction(0)
    for part, sizes in ((days, _before_t(is_alone=not has_t)), (hours, _AFTER_T)):
        read = _read_iso_parts(part, sizes)
        if read is None:
            return None
        total += read
    return int(total)


_AFTER_T = {"H": HOUR, "M": MINUTE, "S": 1, "D": DAY}


def _before_t(*, is_alone: bool) -> dict[str, int]:
    month = MINUTE if is_alone else 30 * DAY
    return {"Y": 365 * DAY, "M": month, "W": WEEK, "D": DAY, "H": HOUR, "S": 1}


def _read_iso_parts(text: str, sizes: dict[str, int]) -> Fraction | None:
    total, end = Fraction(0), 0
    for match in _ISO_PART.finditer(text):
        number, letter = match.groups()
        if match.start() != end or letter not in sizes:
            return None
        end = match.end()
        if number in {"", "+", "-"}:
            continue
        total += Fraction(number.replace(",", ".")) * sizes[letter]
    rest = text[end:]
    if _ISO_TAIL.fullmatch(rest):
        return total + int(rest) * MINUTE
    return None if rest else total


@dataclass(slots=True)
class _Reading:
    """Sums quantities while words go by; `low` and `high` are exact seconds."""

    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    number: Fraction | None = None
    from_number: Fraction | None = None
    last_unit: int = 0
    other: tuple[Fraction, Fraction] | None = None
    has_range: bool = False
    is_article: bool = False
    has_other_words: bool = False

    def take_number(self, number: Fraction) -> None:
        if self.has_range and self.number is not None:
            self.from_number = self.number
        self.number, self.has_range, self.is_article = number, False, False

    def take_article(self) -> None:
        if self.number is None:
            self.take_number(Fraction(1))
            self.is_article = True

    def take_half(self) -> None:
        """Half an hour, a half hour, one and a half hours, an hour and a half."""
        if self.number is not None and not self.is_article:
            self.number += Fraction(1, 2)
        elif self.last_unit:
            self.low += Fraction(self.last_unit, 2)
            self.high += Fraction(self.last_unit, 2)
            self.number = None
        else:
            self.number = None
            self.take_number(Fraction(1, 2))
        self.has_range = False

    def take_range(self) -> None:
        if self.number is not None:
            self.has_range = True
        elif self.last_unit and self.other is None:
            self.other = (self.low, self.high)
            self.low = self.high = Fraction(0)

    def take_unit(self, size: int) -> None:
        if self.number is None:
            return
        first = self.number if self.from_number is None else self.from_number
        self.low += min(first, self.number) * size
        self.high += max(first, self.number) * size
        self.number = self.from_number = None
        self.has_range, self.last_unit = False, size

    def finish(self) -> tuple[int, int] | None:
        is_bare = not self.last_unit and not self.has_other_words
        if self.number is not None and (is_bare or self.last_unit == HOUR):
            self.take_unit(MINUTE)
        if not self.last_unit:
            return None
        if self.other is not None:
            return int(min(self.other[0], self.low)), int(max(self.other[1], self.high))
        return int(self.low), int(self.high)


def _read_words(text: str) -> tuple[int, int] | None:
    reading = _Reading()
    for match in _TOKEN.finditer(text):
        number, word, sign = match.groups()
        name = word or sign
        if number:
            value = read_number(number)
            if value is None:
                return None
            reading.take_number(value)
        elif name in _SECONDS and reading.number is not None:
            reading.take_unit(_SECONDS[name])
        elif name in HALF_WORDS:
            reading.take_half()
        elif name in _NUMBERS:
            reading.take_number(_NUMBERS[name])
        elif name in ARTICLES:
            reading.take_article()
        elif name in RANGE_WORDS and (name != "a" or reading.number is not None):
            reading.take_range()
        else:
            _read_glued(name, reading)
    return reading.finish()


def _read_glued(token: str, reading: _Reading) -> None:
    """Scripts without blanks: the unit is the start of a longer word (30分钟左右)."""
    for length in (3, 2, 1):
        size = _SECONDS.get(token[:length])
        if size and ord(token[0]) > 0x2E80:
            reading.take_unit(size)
            return
    reading.has_other_words = reading.has_other_words or token.isalpha()
