"""One slip of the finger: a letter too many, too few, another one, or two of them swapped.

Two words are at most one such slip apart only if they have a word in common among themselves and
what is left of each when one letter is dropped (the deletion neighbourhood of Mor and Fraenkel,
"A hash code method for detecting and correcting spelling errors", CACM 25, 1982). So equality
finds the candidates, in any database; `is_one_typo` judges them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice

from potluck.domain.search.letters import decoded
from potluck.domain.search.words import MORE, IndexedText

#: Shorter words are too much alike: "rice", "nice" and "mice" are not, "ice" and "ale" would be.
SHORTEST = 4
#: Longer words are not corrected: a word has as many neighbours as letters, each a row.
LONGEST = 24
#: Words of one recipe that can be meant; more have no place in a cookbook.
MOST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Correction:
    """`typed`, a word of the query as folded, was meant as `word`."""

    typed: str
    word: str


def deletions(word: str) -> set[str]:
    """`word` and what is left of it when any one letter is dropped; only the two ends of a slip
    share one of these. Nothing when the word is shorter than `SHORTEST` or longer than `LONGEST`.
    """
    if not SHORTEST <= len(word) <= LONGEST:
        return set()
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def is_one_typo(one: str, other: str) -> bool:
    """Whether exactly one slip lies between them (Damerau-Levenshtein distance 1)."""
    return _kind(one, other) is not None


_SWAPPED, _LENGTH, _OTHER_LETTER = range(3)


def _kind(one: str, other: str) -> int | None:
    """Which slip, the likelier the lower; None when there is none or more than one."""
    if one == other or abs(len(one) - len(other)) > 1:
        return None
    start = _common_start(one, other)
    one, other = one[start:], other[start:]
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return _LENGTH if long[1:] == short else None
    if one[1:] == other[1:]:
        return _OTHER_LETTER
    is_swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return _SWAPPED if is_swapped else None


def _common_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def vocabulary(text: IndexedText) -> frozenset[str]:
    """The words of a recipe that someone can have meant, folded, at most `MOST_WORDS`."""
    fields = (text.title, text.labels, text.lines, text.steps)
    tokens = dict.fromkeys(
        token for field in fields for token in field.partition(f" {MORE} ")[0].split()
    )
    return frozenset(islice(filter(_can_be_meant, map(decoded, tokens)), MOST_WORDS))


def _can_be_meant(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def corrections(typed: Collection[str], candidates: Iterable[str]) -> list[Correction]:
    """What may have been meant instead of one of the words `typed`, the likeliest first.

    `typed`: words that find nothing by themselves. `candidates`: words that share one of their
    `deletions` with one of these. First come the slips that leave the first letter; swapped letters
    before one too many or too few before another letter; then the order typed; the longer word; the
    alphabet.
    """
    words = set(candidates)
    found = [
        (_order(place, one, word), Correction(one, word))
        for place, one in enumerate(dict.fromkeys(typed))
        for word in words
        if is_one_typo(one, word)
    ]
    return [correction for _, correction in sorted(found, key=lambda pair: pair[0])]


def _order(place: int, typed: str, word: str) -> tuple[object, ...]:
    return (typed[0] != word[0], _kind(typed, word), place, -len(word), word)
