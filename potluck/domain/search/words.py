"""A recipe as the four texts that are indexed.

A text is empty, or tokens (`potluck.domain.search.letters`) between single blanks, with a blank at
both ends, so that containment tells whole words (`" apple "`), beginnings (`" app"`) and phrases
(`" sour cream "`). First the words as they stand, with `GAP` between two items; then `MORE`, and
after it, each once and in no order that means anything, what else the words are found by: stems in
the recipe's language, hyphenated words in one, umlauts written out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from potluck.domain.search import stems
from potluck.domain.search.letters import Compound, Word, compounds, encoded, joined

#: Keeps phrases from reaching from one item into the next. Nobody can type it.
GAP = "2gap"
#: Ends the words as they stand.
MORE = "2more"

#: Tokens of a field. PostgreSQL counts positions up to 16,383 in one text (its manual, 12.11);
#: these make 16,000. A page of a cookbook has 500 words.
MOST_TOKENS = {"title": 600, "labels": 3_400, "lines": 5_000, "steps": 7_000}
#: Characters of a field, as tokens. A `tsvector` holds 1 MiB, with about 6 bytes beside each word.
MOST_CHARACTERS = {"title": 20_000, "labels": 100_000, "lines": 150_000, "steps": 250_000}
# Of the tokens, so many at most are words as they stand.
_SHARE_OF_WORDS = 0.6
# Cutting into words takes time with the length of a text, which is bounded for that alone.
_MOST_READ = 60_000


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
    """`pairs`: two neighbours are found written as one word too, which costs a token each."""
    most = int(MOST_TOKENS[name] * _SHARE_OF_WORDS)
    words: list[str] = []
    more: dict[str, None] = {}
    left = _MOST_READ
    for item in items:
        if words:
            words.append(GAP)
        found = list(compounds(item[:left]))
        left -= len(item)
        words += [word.token for compound in found for word in compound.words]
        more |= dict.fromkeys(_other_forms(found, language, pairs=pairs))
        if left <= 0 or len(words) >= most:
            break
    if not any(word != GAP for word in words):
        return ""
    return _bounded(name, " ".join([*words[:most], MORE, *more]).split(" "))


def _other_forms(found: list[Compound], language: str | None, *, pairs: bool) -> Iterator[str]:
    for compound in found:
        joint = compound.joined
        if joint is not None:
            yield _apart(joint.folded)
        for word in (*compound.words, *([joint] if joint else [])):
            written_out = word.written_out
            if written_out is not None:
                yield _apart(written_out)
            if language is not None:
                yield from stems.tokens(word, (language,))
    if pairs:
        for one, other in pairwise(_single_words(found)):
            if one is not None and other is not None:
                pair = joined(one, other)
                yield _apart(pair.folded)
                if language is not None:
                    yield from stems.tokens(pair, (language,))


def _single_words(found: list[Compound]) -> Iterator[Word | None]:
    for compound in found:
        alone = len(compound.words) == 1 and compound.words[0].has_letters
        yield compound.words[0] if alone else None


def _apart(folded: str) -> str:
    return f"{encoded(folded)} {GAP}"  # two such forms are no phrase


def _bounded(name: str, tokens: list[str]) -> str:
    left = MOST_CHARACTERS[name]
    kept: list[str] = []
    for token in tokens[: MOST_TOKENS[name] - 1]:
        left -= len(token) + 1
        if left < 0:
            break
        kept.append(token)
    return f" {' '.join(kept)} {GAP} "
