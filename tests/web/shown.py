"""Templates rendered with the contexts of `answers`, for the tests of them."""

from typing import Any

from potluck.web.json_ld import recipe_json_ld
from potluck.web.public_page import public_page
from potluck.web.templating import Shell, Templates
from tests.web.answers import PAGES, USER
from tests.web.html_reader import Element, read


def shell(**changes: Any) -> Shell:
    return Shell(**{"csp_nonce": "N0nce", "csrf_token": "T0ken", **changes})


def show(templates: Templates, case: str, frame: Shell | None = None, **changes: Any) -> Element:
    template, context = PAGES[case]
    context = context | changes
    if template == "pages/recipe.html":
        context |= told_to_programs(context["recipe"])
    return read(templates.render(template, frame or shell(viewer=USER), **context))


def told_to_programs(recipe: dict[str, Any]) -> dict[str, Any]:
    """What the page of a recipe that everybody may see is given beside it."""
    public = public_page(recipe, base="https://potluck.test", household="Mara's kitchen")
    return {"public": public, "json_ld": recipe_json_ld(recipe, public)}
