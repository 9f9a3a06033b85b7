"""A query as the full text engines want it: FTS5's expressions, PostgreSQL's `tsquery`.

Whatever people type is tokens by now, letters and digits without exception
(`potluck.domain.search.letters`), so nothing here needs escaping.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from potluck.domain.search.query import Alternative, SearchQuery


@dataclass(frozen=True)
class MatchTexts:
    """The same question for each engine."""

    fts5: str
    tsquery: str


def match_texts(query: SearchQuery, readers: Sequence[str] = ()) -> MatchTexts:
    """What the rows must hold: all wanted terms, no unwanted one, one of `readers` if any.

    There must be a wanted term or a reader.
    """
    return MatchTexts(
        _written(query, readers, _fts5, "OR", "AND", "NOT"),
        _written(query, readers, _tsquery, "|", "&", "& !"),
    )


def _written(
    query: SearchQuery,
    readers: Sequence[str],
    write: Callable[[Alternative], str],
    any_of: str,
    all_of: str,
    but_not: str,
) -> str:
    wanted = [list(map(write, term)) for term in query.wanted]
    if readers:
        wanted.append([write(Alternative((token,))) for token in readers])
    unwanted = [write(alternative) for term in query.unwanted for alternative in term]
    text = f" {all_of} ".join(_group(any_of, each) for each in wanted)
    return f"({text}) {but_not} {_group(any_of, unwanted)}" if unwanted else text


def _group(joiner: str, alternatives: Sequence[str]) -> str:
    return f"({f' {joiner} '.join(alternatives)})"


def _fts5(alternative: Alternative) -> str:
    return f'"{alternative.text}"{" *" if alternative.is_prefix else ""}'


def _tsquery(alternative: Alternative) -> str:
    *before, last = [f"'{token}'" for token in alternative.tokens]
    return " <-> ".join([*before, f"{last}:*" if alternative.is_prefix else last])
