"""The parent's side: pages go to child processes, recipes come back."""

from typing import Any

from potluck.core.errors import NoRecipeFound
from potluck.domain.page_recipe import PageRecipe
from potluck.services.children import ChildPool, PoolLimits, WorkBroke, WorkOverran
from potluck.services.page_reading import frames

PROGRAM = "potluck.services.page_reading.worker"
_TOO_LONG = "Reading the page took too long."
_BROKE = "The page could not be understood."


class PageReader(ChildPool):
    """Reads recipes out of pages, each in a limited child process.

    An async context manager. Children start at the first page and stay: importing the libraries
    takes two seconds.
    """

    def __init__(self, limits: PoolLimits | None = None) -> None:
        super().__init__(PROGRAM, what="pages", limits=limits)

    async def read(self, html: str, url: str | None) -> PageRecipe:
        """The recipe of a page fetched from `url` (None: pasted).

        Raises NoRecipeFound for every failure of the page; Unavailable when too many wait, or too
        long, or the reader is closed.
        """
        try:
            answer = await self.ask(frames.request(html, url))
        except WorkOverran as overrun:
            raise NoRecipeFound(_TOO_LONG) from overrun
        except WorkBroke as failure:
            raise NoRecipeFound(_BROKE) from failure
        return _recipe_of(answer)


def _recipe_of(answer: bytes) -> PageRecipe:
    """The recipe of an answer; what is no answer of ours counts as a page that broke the child."""
    try:
        members: dict[str, Any] = frames.read_reply(answer)
        if "recipe" in members:
            return PageRecipe.from_plain(members["recipe"])
        detail = str(members["refused"])
    except (ValueError, KeyError, TypeError, ArithmeticError) as nonsense:
        raise NoRecipeFound(_BROKE) from nonsense
    raise NoRecipeFound(detail)
