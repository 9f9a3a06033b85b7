"""What people type into a search box: words, "a phrase", and -words that must not occur."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from potluck.domain.search import stems
from potluck.domain.search.letters import Compound, Word, compounds, encoded, joined

#: Each term is looked for on its own: more than these say little and cost much.
MOST_TERMS = 10
#: Words of a phrase; what follows them does not count.
LONGEST_PHRASE = 20

_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\uff02'
# A phrase may lack its closing mark: nothing that is typed is an error.
_TERM = re.compile(
    rf"(?P<minus>[-\u2212]*)(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]?"
    rf"|(?P<word>[^\s{_QUOTES}]+))|[-\u2212]+"
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to match a term: these tokens, one right after the other, in one field."""

    tokens: tuple[str, ...]
    #: The last token may go on.
    is_prefix: bool = False
    #: Of a stem: the language whose recipes alone it can match.
    language: str | None = None

    @property
    def text(self) -> str:
        """As it stands in a field of `IndexedText`, without the blanks around it."""
        return " ".join(self.tokens)


#: Matched when one of its alternatives is. Never empty.
Term = tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """All of `wanted` and none of `unwanted` must match; without a wanted term nothing does."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]


def prefix(token: str) -> Alternative:
    """Words that begin like this, itself among them."""
    return Alternative((token,), is_prefix=True)


def exact(token: str) -> Alternative:
    """The word as it is."""
    return Alternative((token,))


def phrase(*tokens: str, is_prefix: bool = False) -> Alternative:
    """The words in this order; `is_prefix`: the last may go on."""
    return Alternative(tokens, is_prefix=is_prefix)


def parse(text: str, languages: Iterable[str] = stems.LANGUAGES) -> SearchQuery:
    """The first `MOST_TERMS` terms of each kind; never raises.

    `languages` (`stems.LANGUAGES`): those that recipes are written in, so that their plurals count.
    """
    asked = _Asked(tuple(languages))
    found = list(_typed(text))
    wanted = list(dict.fromkeys(asked.wanted([typed for typed in found if not typed.is_unwanted])))
    unwanted = list(dict.fromkeys(asked.unwanted(t for t in found if t.is_unwanted)))
    return SearchQuery(tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]))


@dataclass(frozen=True, slots=True)
class _Typed:
    """One term as typed; several compounds only in a phrase."""

    compounds: tuple[Compound, ...]
    is_phrase: bool
    is_unwanted: bool

    @property
    def tokens(self) -> tuple[str, ...]:
        words = (word.token for compound in self.compounds for word in compound.words)
        return tuple(words)[:LONGEST_PHRASE]

    @property
    def lone(self) -> Word | None:
        """The word, when it is one that may stand beside another."""
        if self.is_phrase or len(self.compounds) != 1:
            return None
        words = self.compounds[0].named.words
        return words[0] if len(words) == 1 and words[0].has_letters else None


def _typed(text: str) -> Iterator[_Typed]:
    for match in _TERM.finditer(text):
        found = tuple(compounds(match["phrase"] or match["word"] or ""))
        if found:
            yield _Typed(found, match["phrase"] is not None, bool(match["minus"]))


@dataclass(frozen=True, slots=True)
class _Asked:
    languages: tuple[str, ...]

    def wanted(self, found: list[_Typed]) -> Iterator[Term]:
        """Each term, which two neighbours written as one word match as well: both of them."""
        lone = [None, *(typed.lone for typed in found), None]
        pairs = [one and other and joined(one, other) for one, other in pairwise(lone)]
        for typed, *beside in zip(found, pairs, pairs[1:], strict=False):
            in_one_word = [prefix(pair.token) for pair in beside if pair is not None]
            yield _term([*self._alternatives(typed, goes_on=True), *in_one_word])

    def unwanted(self, found: Iterable[_Typed]) -> Iterator[Term]:
        """As `wanted`, but in whole words: who wants no nut may want nutmeg."""
        for typed in found:
            yield _term(self._alternatives(typed, goes_on=False))

    def _alternatives(self, typed: _Typed, *, goes_on: bool) -> Iterator[Alternative]:
        if typed.is_phrase:
            yield phrase(*typed.tokens)
        elif len(typed.compounds) > 1:
            yield phrase(*typed.tokens, is_prefix=goes_on and _goes_on(typed.compounds[-1]))
        else:
            yield from self._of_compound(typed.compounds[0].named, goes_on=goes_on)

    def _of_compound(self, compound: Compound, *, goes_on: bool) -> Iterator[Alternative]:
        if len(compound.words) == 1:
            yield from self._of_word(compound.words[0], goes_on=goes_on)
            return
        tokens = tuple(word.token for word in compound.words)[:LONGEST_PHRASE]
        yield phrase(*tokens, is_prefix=goes_on and _goes_on(compound))
        shorter = self._shortest(compound.words[-1])
        if shorter is not None and len(tokens) == len(compound.words):
            yield phrase(*tokens[:-1], shorter, is_prefix=goes_on)
        if compound.joined is not None:
            yield from self._of_word(compound.joined, goes_on=goes_on)
        if compound.joiners == ("'",) and compound.words[1].folded == "s":
            yield exact(tokens[0])

    def _of_word(self, word: Word, *, goes_on: bool) -> Iterator[Alternative]:
        if not word.has_letters:
            yield exact(word.token)
            return
        spellings = [word.folded, *([word.written_out] if word.written_out else [])]
        for spelling in spellings:
            yield Alternative((encoded(spelling),), is_prefix=goes_on)
        for language in self.languages:
            for token in stems.tokens(word, (language,)):
                yield Alternative((token,), language=language)

    def _shortest(self, word: Word) -> str | None:
        """The singular of the end of a phrase, when it is the word without its last letters."""
        found = [
            stem
            for language in self.languages
            for stem in stems.stems(word, language)
            if word.folded != stem
            and word.folded.startswith(stem)
            and len(word.folded) - len(stem) < 3
        ]
        return encoded(min(found, key=len)) if found else None


def _goes_on(compound: Compound) -> bool:
    return compound.words[-1].has_letters


def _term(alternatives: Iterable[Alternative]) -> Term:
    return tuple(dict.fromkeys(alternatives))


def correctable(text: str) -> tuple[str, ...]:
    """The wanted words of `text` that may hold a slip: folded, each once, no phrase, no number."""
    words = (typed.lone for typed in _typed(text) if not typed.is_unwanted)
    return tuple(dict.fromkeys(word.folded for word in words if word is not None))[:MOST_TERMS]


def corrected(text: str, typed: str, word: str) -> str:
    """`text` with `word` in place of each wanted word that folds to `typed`; the rest as it was."""
    parts: list[str] = []
    done = 0
    for match in _TERM.finditer(text):
        if match["word"] is None or match["minus"]:
            continue
        lone = _Typed(tuple(compounds(match["word"])), is_phrase=False, is_unwanted=False).lone
        if lone is not None and lone.folded == typed:
            parts += [text[done : match.start("word")], word]
            done = match.end("word")
    return "".join([*parts, text[done:]])
