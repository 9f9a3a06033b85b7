"""The page about search shows what the table of queries holds the engines to."""

import re

from potluck.domain.search.ranking import FIELDS, LOOSE, WHOLE
from tests.docs.markdown import ROOT
from tests.search_table import ROWS, Row

PAGE = (ROOT / "docs/reference/search.md").read_text("utf-8")
# | `typed` | titles |, or with what was looked for between them.
_EXAMPLE = re.compile(r"^\| `([^`]+)` \|(?: `([^`]+)` \|)? ?(.*?) ?\|$", re.MULTILINE)
EXAMPLES = _EXAMPLE.findall(PAGE)


def rows(query: str) -> list[Row]:
    return [row for row in ROWS if row.query == query]


def test_examples_are_rows_of_the_table() -> None:
    wrong = [
        query
        for query, meant, titles in EXAMPLES
        if not any(
            row.is_answered_by(titles.split(", ") if titles else [])
            and row.corrected == (meant or None)
            for row in rows(query)
        )
    ]
    assert len(EXAMPLES) >= 20
    assert wrong == []


def test_points_are_those_of_the_ranking() -> None:
    points = re.findall(r"^\| [^|]+ \| (\d) \| (\d) \|$", PAGE, re.MULTILINE)
    assert points == [(str(WHOLE[name]), str(LOOSE[name])) for name in FIELDS]
