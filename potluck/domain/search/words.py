"""A recipe as the four texts that are indexed.

A text is empty, or tokens (`potluck.domain.search.letters`) between single blanks, with a blank at
both ends, so that containment tells whole words (`" apple "`), beginnings (`" app"`) and phrases
(`" sour cream "`). First the words as they stand, with `GAP` between two items; then `MORE`, and
after it, each once and in no order that means anything, what else the words are found by: stems in
the recipe's language, hyphenated words in one, umlauts written out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from potluck.domain.search import stems
from potluck.domain.search.letters import (
    LONGEST_WORD,
    Word,
    compound,
    encoded,
    joined,
    standing_together,
)

#: Keeps phrases from reaching from one item into the next. Nobody can type it.
GAP = "2gap"
#: Ends the words as they stand.
MORE = "2more"

#: Tokens of a field. PostgreSQL counts positions up to 16,383 in one text (its manual, 12.11);
#: these make 12,500. A page of a cookbook has 500 words.
MOST_TOKENS = {"title": 500, "labels": 1_800, "lines": 5_200, "steps": 5_000}
#: Characters of a field, as tokens. A `tsvector` holds 1 MiB, with about 6 bytes beside each word.
MOST_CHARACTERS = {"title": 20_000, "labels": 100_000, "lines": 150_000, "steps": 250_000}
# Of the tokens, so many at most are words as they stand.
_SHARE_OF_WORDS = 0.7
# Characters of an item, for each of these words: folding takes time with the length of a text.
_MOST_READ = 6


@dataclass(frozen=True, slots=True)
class IndexedText:
    """What a recipe is found by, best field first."""

    title: str
    #: Tag names and foods.
    labels: str
    #: Ingredient lines.
    lines: str
    #: Summary, names of groups and sections, steps, notes, source.
    steps: str


def indexed(
    *,
    language: str,
    title: str,
    labels: Iterable[str],
    lines: Iterable[str],
    steps: Iterable[str],
) -> IndexedText:
    """The texts of a recipe in `language` (BCP 47); never raises, whatever the texts are.

    What goes beyond `MOST_TOKENS` or `MOST_CHARACTERS` is left out, from the end of a field.
    """
    known = stems.language_of(language)
    return IndexedText(
        title=_field("title", [title], known, pairs=True),
        labels=_field("labels", labels, known, pairs=True),
        lines=_field("lines", lines, known, pairs=False),
        steps=_field("steps", steps, known, pairs=False),
    )


def _field(name: str, items: Iterable[str], language: str | None, *, pairs: bool) -> str:
    """`pairs`: two neighbours are found written as one word too, which costs tokens for each."""
    most = int(MOST_TOKENS[name] * _SHARE_OF_WORDS)
    words: list[str] = []
    more: dict[str, None] = {}
    for item in items:
        if words:
            words.append(GAP)
        found = []
        for text in standing_together(item[: _MOST_READ * most]):
            # Stems cost the most time; none are made that would be left out.
            forms = _forms(text, language if len(more) < MOST_TOKENS[name] - most else None)
            found.append(forms)
            words += forms.tokens
            more |= forms.others
            if len(words) >= most:
                break
        if pairs:
            more |= dict.fromkeys(_pairs(found, language))
        if len(words) >= most:
            break
    if not any(word != GAP for word in words):
        return ""
    return _bounded(name, [*words[:most], MORE, *more])


@dataclass(frozen=True, slots=True)
class _Forms:
    """What stands together, as it is indexed: the words, and what else they are found by."""

    tokens: tuple[str, ...]
    others: dict[str, None]
    #: When it is one word, and has letters.
    lone: Word | None


def _forms(text: str, language: str | None) -> _Forms:
    # A bound for what is remembered: anybody may send words without end.
    return _known_forms(text, language) if len(text) <= LONGEST_WORD else _new_forms(text, language)


def _new_forms(text: str, language: str | None) -> _Forms:
    found = compound(text)
    others: dict[str, None] = {}
    joint = found.joined
    if joint is not None:
        others[_apart(joint.folded)] = None
    for word in (*found.words, *([joint] if joint else [])):
        if word.written_out is not None:
            others[_apart(word.written_out)] = None
        if language is not None:
            others |= dict.fromkeys(stems.tokens(word, (language,)))
    is_lone = len(found.words) == 1 and found.words[0].has_letters
    tokens = tuple(word.token for word in found.words)
    return _Forms(tokens, others, found.words[0] if is_lone else None)


# The words of a household's recipes are some thousands, and come again and again.
_known_forms = lru_cache(maxsize=4_096)(_new_forms)


def _pairs(found: list[_Forms], language: str | None) -> Iterator[str]:
    for one, other in pairwise(forms.lone for forms in found):
        if one is not None and other is not None:
            pair = joined(one, other)
            yield _apart(pair.folded)
            if language is not None:
                yield from stems.tokens(pair, (language,))


def _apart(folded: str) -> str:
    return f"{encoded(folded)} {GAP}"  # two such forms are no phrase


def _bounded(name: str, tokens: list[str]) -> str:
    text = f" {' '.join(tokens)} {GAP} "
    if len(text) <= MOST_CHARACTERS[name] and text.count(" ") <= MOST_TOKENS[name]:
        return text
    kept = text.split(" ", MOST_TOKENS[name])[1:-1]
    ends = accumulate(len(token) + 1 for token in kept)
    fitting = sum(end < MOST_CHARACTERS[name] - len(GAP) - 2 for end in ends)
    return f" {' '.join(kept[:fitting])} {GAP} "
