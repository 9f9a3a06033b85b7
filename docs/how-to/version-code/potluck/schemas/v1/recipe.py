"""Answers about recipes."""

from potluck.schemas.base import Page
from potluck.schemas.recipe import RecipeSummary


class FoundRecipes(Page[RecipeSummary]):
    """What a search found, best first and on one page.

    `corrected_keyword` is what was searched for, where a slip of the finger was forgiven.
    """

    corrected_keyword: str | None
