"""Why a page was not imported."""

from typing import Any, ClassVar

from potluck.core.errors.base import AppError


class PageProblem(AppError):
    """Base of the refusals of an import; each says what to try next in `next_step`."""

    status = 422
    next_step: ClassVar[str] = ""

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail, **{"next_step": self.next_step} | extra)


class FetchRefused(PageProblem):
    slug, title = "fetch-refused", "This address may not be fetched"
    next_step = "Check the address; only public web pages on the usual ports can be fetched."


class FetchUnreachable(PageProblem):
    slug, title = "fetch-unreachable", "The page could not be reached"
    next_step = "Open the page in a browser, save it, and send its HTML instead."


class FetchTooLarge(PageProblem):
    slug, title = "fetch-too-large", "The page is too large"
    next_step = "Save the page without its pictures and send the HTML, or type the recipe in."


class FetchTooSlow(PageProblem):
    slug, title = "fetch-too-slow", "The page took too long to answer"
    next_step = "Try again later, or open the page in a browser and send its HTML."


class NotAPage(PageProblem):
    slug, title = "not-a-page", "The address does not lead to a web page"
    next_step = "Copy the address of the recipe's own page, not of a picture or a file."


class NoRecipeFound(PageProblem):
    slug, title = "no-recipe-found", "No recipe was found on the page"
    next_step = "Check that the page shows one recipe, or type the recipe in."
