"""Jinja2 set up for our pages: everything escaped, every missing name an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from potluck.web import assets, formats, markup
from potluck.web.assets import HashedStatic

TEMPLATES = Path(__file__).parent.parent / "templates"
STATIC = assets.FOLDER

#: How many patterns of plate the style sheet knows.
PLATES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """A message that the next page shows once.

    With `undo_path` it carries a button that posts there (a path of ours, from the root).
    """

    text: str
    kind: Literal["done", "problem"] = "done"
    undo_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What stands around the content of every page.

    `csp_nonce` is the nonce that the answer's policy names. `csrf_token` goes into every form.
    `base_path` is the sub-path of the application at the proxy, empty or `/kitchen`. `path` is the
    path that was asked for, below the base path: it marks the place in the navigation. `theme` is
    what the person chose, none means the system's. `viewer` is who looks, none for a guest:
    `display_name`, `email`, `household_id` (the one that new recipes go to) and `households`, pairs
    of id and name. `can_sign_up` offers the way to an account. `docs_path` is the path of the
    API's own page, empty when it is not served.
    """

    csp_nonce: str
    csrf_token: str = ""
    base_path: str = ""
    path: str = "/"
    theme: Literal["light", "dark"] | None = None
    viewer: Mapping[str, Any] | None = None
    flash: Flash | None = None
    can_sign_up: bool = False
    docs_path: str = ""


class Templates:
    """The templates of the package, rendered with what every page needs.

    `static` gives the addresses of style sheets, scripts and fonts.
    """

    def __init__(self, static: HashedStatic, *, auto_reload: bool = False) -> None:
        self._static = static
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=auto_reload,
        )
        self.environment.filters |= FILTERS
        self.environment.tests["web_link"] = formats.is_web_link
        self.environment.globals |= {"has_asset": static.__contains__, "query_string": query_string}

    def render(self, name: str, shell: Shell, **context: Any) -> str:
        """The HTML of a template, such as `pages/recipe.html`.

        `context` holds what the comment at the top of the template lists; a name that is missing
        raises `jinja2.UndefinedError`.
        """

        def asset(file: str) -> str:
            return self._static.url(file, shell.base_path)

        def link(path: str) -> str:
            return shell.base_path + path

        def icon(symbol: str) -> Markup:
            place = f"{asset('icons.svg')}#{symbol}"
            return Markup('<svg class="i" aria-hidden="true"><use href="{}"/></svg>').format(place)

        own = {"shell": shell, "csp_nonce": shell.csp_nonce}
        functions = {"asset": asset, "link": link, "icon": icon}
        return self.environment.get_template(name).render(context | own | functions)


def recipe_path(recipe: Mapping[str, Any]) -> str:
    """The page of a recipe below the base path: `/recipes/<id>/<slug>`."""
    return f"/recipes/{quote(recipe['id'], safe='')}/{quote(page_slug(recipe['slug']), safe='')}"


def page_slug(slug: str) -> str:
    """The slug as it stands in an address: a recipe called "Edit" is not the form of itself."""
    return "edit-recipe" if slug == "edit" else slug


def query_string(query: Mapping[str, Any], **changes: Any) -> str:
    """The query of the list page with some members changed: `?q=soup&sort=title`, or empty.

    Members that are none or empty are left out, lists are repeated.
    """
    members = {name: value for name, value in {**query, **changes}.items() if value}
    return f"?{urlencode(members, doseq=True)}" if members else ""


def plate(title: str) -> int:
    """Which of the patterns the plate of a recipe has: always the same one for a title."""
    return sum(map(ord, title)) % PLATES


FILTERS = {
    "ago": formats.ago,
    "amount": formats.amount,
    "date": formats.date,
    "document": markup.document,
    "duration": formats.duration,
    "initial": formats.initial,
    "line_words": markup.line_words,
    "lines_by_id": markup.lines_by_id,
    "markdown": markup.markdown,
    "moment": formats.moment,
    "number": formats.number,
    "plate": plate,
    "quantity": formats.quantity,
    "recipe_path": recipe_path,
    "servings": formats.servings,
    "site": formats.site,
    "step_html": markup.step_html,
    "time_range": formats.time_range,
    "uses": markup.uses,
}
