"""How much a recipe gives: "4 servings", "Makes 24 cookies", "1 cake (8 slices)", "4-6"."""

import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from potluck.domain.page_recipe import PageYield
from potluck.services.page_reading.numbers import PATTERN, read_number
from potluck.services.page_reading.text import one_line
from potluck.services.page_reading.words import SERVING_STEMS, SLICE_WORDS, YIELD_FILLERS

_LONGEST_TEXT = 300
_LONGEST_NOUN = 60
_BETWEEN = r"(?:[-\u2013\u2014~]|/(?! ?\d)|\b(?:to|bis|à|a|tot|till?|or)\b)"
_RANGE = re.compile(rf"({PATTERN})(?: ?{_BETWEEN} ?({PATTERN}))?", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]?")
#: "1 12-inch pizza": the size is not what there is one of.
_SIZE = re.compile(rf"{PATTERN}[ -]?(?:inch(?:es)?|in|cm)\b")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")

_SLICES = re.compile(
    rf"({PATTERN})(?: ?(?:-|\u2013|to) ?({PATTERN}))? ?(?:{'|'.join(sorted(SLICE_WORDS))})\b",
    re.IGNORECASE,
)


def read_yields(values: Iterable[str]) -> PageYield | None:
    """The best of several statements: one with words before a bare number; None without any."""
    texts = [text for text in (one_line(value) for value in values) if text]
    texts = [text[:_LONGEST_TEXT] for text in texts]
    numbered = [text for text in texts if _first_number(text)]
    if not numbered:
        return PageYield(original_text=texts[0]) if texts else None
    worded = [text for text in numbered if _WORD.search(text)]
    best = _read_text((worded or numbered)[0])
    counts = [_first_number(text) for text in numbered if text not in worded]
    if best.servings is None and counts and counts[0] != best.amount:
        # ["9", "9 1/3 cups"]: the bare number counts servings, the words tell the amount.
        return replace(best, servings=counts[0])
    return best


def _first_number(text: str) -> Fraction | None:
    """The first number of `text`, of a range its upper end; None for none or zero."""
    match = _RANGE.search(text)
    if match is None:
        return None
    return _upper_end(match)


def _upper_end(match: re.Match[str]) -> Fraction | None:
    numbers = [number for number in map(read_number, filter(None, match.groups())) if number]
    return max(numbers, default=None)


def _read_text(text: str) -> PageYield:
    number = _first_number(text)
    match = _RANGE.search(text)
    words = [] if match is None else _words_around(text, match)
    if not words or any(_is_serving(word) for word in words):
        return PageYield(servings=number, original_text=text)
    noun = " ".join(words)[:_LONGEST_NOUN].strip()
    rest = "" if match is None else text[match.end() :]
    slices = _SLICES.search(rest)
    return PageYield(
        servings=_upper_end(slices) if slices else None,
        amount=number,
        noun=noun,
        original_text=text,
    )


def _words_around(text: str, match: re.Match[str]) -> list[str]:
    """The words after the number up to a comma, without what brackets hold, else those before."""
    after = _SIZE.sub(" ", _BRACKETS.sub(" ", text[match.end() :]))
    after = re.split(r"[,;:|/]", after, maxsplit=1)[0]
    for part in (after, text[: match.start()]):
        words = [word for word in _WORD.findall(part) if word.casefold() not in YIELD_FILLERS]
        if any(_is_serving(word) for word in _WORD.findall(text)) and not words:
            return ["servings"]
        if words:
            return words
    return []


def _is_serving(word: str) -> bool:
    return word.casefold().startswith(SERVING_STEMS)
