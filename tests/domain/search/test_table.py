"""The table of queries holds without a database: it contradicts neither itself nor the rules."""

import pytest

from tests.domain.search.reference import Shelf
from tests.search_corpus import RECIPES
from tests.search_table import ROWS, Row

SHELF = Shelf()
for _body in RECIPES:
    SHELF.add(_body)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row) -> None:
    found = SHELF.search(row.query)

    assert row.is_answered_by(found.titles), found.titles
    assert found.corrected == row.corrected


class TestRecipes:
    def test_titles_are_unique(self) -> None:
        titles = [body["title"] for body in RECIPES]
        assert len(set(titles)) == len(titles)

    def test_rows_are_unique_and_name_recipes(self) -> None:
        titles = {body["title"] for body in RECIPES}
        assert {title for row in ROWS for title in row.titles} <= titles
        assert len({str(row) for row in ROWS}) == len(ROWS)

    def test_four_languages_and_more(self) -> None:
        assert {body["language"] for body in RECIPES} >= {"en", "de", "fr", "it"}
        assert len(ROWS) >= 200
