"""What people type into a search box: words, "a phrase", and -words that must not occur."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from potluck.domain.text import fold

#: Each term is looked for in the whole text of each recipe: more than these say little and cost
#: much. 66 terms kept a list of 2,000 recipes busy for 1.6 s, for anyone who asked.
MOST_TERMS = 10

# A phrase may lack its closing mark: nothing that is typed is an error.
_TERM = re.compile(r'(?P<minus>-*)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))|-+')


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Folded terms, each once; without a wanted one nothing is meant."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]


def parse(text: str) -> SearchWords:
    """The first `MOST_TERMS` terms of each kind, folded as `potluck.domain.text.fold` does.

    Marks at the ends of a term do not count, and a term without letters or digits is left out.
    """
    found = list(dict.fromkeys(_terms(text)))
    wanted = [term for is_wanted, term in found if is_wanted]
    unwanted = [term for is_wanted, term in found if not is_wanted]
    return SearchWords(tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]))


def _terms(text: str) -> Iterator[tuple[bool, str]]:
    for match in _TERM.finditer(text):
        term = _bare(fold(match["phrase"] or match["word"] or ""))
        if term:
            yield not match["minus"], term


def _bare(term: str) -> str:
    """Cut what is neither letter nor digit from both ends."""
    places = [place for place, character in enumerate(term) if character.isalnum()]
    return term[places[0] : places[-1] + 1] if places else ""
