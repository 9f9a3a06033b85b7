"""Recipes as cards of a list."""

from typing import Any

from potluck.services import recipe_answers
from potluck.web import covers


def card(row: Any, public_url: str) -> dict[str, Any]:
    """A row of `crud.recipe.summaries` as `parts/grid.html` shows it.

    The members of a RecipeSummary, and `cover`: None or what `parts/cover.html` takes.
    """
    summary = recipe_answers.summary(row, public_url=public_url)
    return summary.model_dump(mode="json") | {"cover": covers.of_summary(row)}
