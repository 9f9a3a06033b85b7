"""What version 1 answers and no newer version does; nothing here changes any more."""

from potluck.schemas.v1.recipe import FoundRecipes

__all__ = ["FoundRecipes"]
