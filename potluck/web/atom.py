"""Public recipes of a household as an Atom feed (RFC 4287)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element

from potluck import __version__
from potluck.web.formats import is_web_link
from potluck.web.markup import lines_by_id, step_words
from potluck.web.templating import recipe_path
from potluck.web.xml_text import add, html, instant

NAMESPACE = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"


def feed(
    household_id: UUID, recipes: Sequence[Any], contents: Sequence[Mapping[str, Any]], url: str
) -> Element:
    """The feed of a household: `recipes` are rows of `public_recipes.newest`, at least one.

    `contents` has the recipe document of each as plain data, empty where it is too long for a
    feed. `url` is our address. No account is named: the author is whom the recipe was taken from,
    else the household.
    """
    name = recipes[0].household_name
    root = Element("feed", xmlns=NAMESPACE)
    add(root, "id", household_id.urn)
    add(root, "title", name)
    add(root, "updated", instant(max(row.updated_at for row in recipes)))
    add(root, "link", rel="self", type=MEDIA_TYPE, href=url + feed_path(household_id))
    add(root, "link", rel="alternate", type="text/html", href=f"{url}/")
    add(add(root, "author"), "name", name)
    add(root, "generator", "Potluck", version=__version__)
    for row, content in zip(recipes, contents, strict=True):
        _entry(root, row, content, url)
    return root


def feed_path(household_id: UUID | str) -> str:
    """Where the feed of a household is, below the base path."""
    return f"/households/{household_id}/recipes.atom"


def _entry(root: Element, row: Any, content: Mapping[str, Any], url: str) -> None:
    entry = add(root, "entry", **{"xml:lang": row.language})
    source = content.get("source") or {}
    path = recipe_path({"id": str(row.id), "slug": row.slug})
    add(entry, "id", row.id.urn)
    add(entry, "title", row.title)
    add(entry, "published", instant(row.created_at))
    add(entry, "updated", instant(row.updated_at))
    add(entry, "link", rel="alternate", type="text/html", href=url + path)
    origin = source.get("url_canonical") or source.get("url_original")
    if is_web_link(origin):
        add(entry, "link", rel="via", href=origin)
    add(add(entry, "author"), "name", source.get("author") or row.household_name)
    for tag in sorted(row.tags, key=lambda tag: int(tag["position"])):
        add(entry, "category", term=tag["name"])
    if row.summary:
        add(entry, "summary", row.summary)
    if content:
        add(entry, "content", _html(content), type="html")


def _html(recipe: Mapping[str, Any]) -> str:
    """Ingredients and steps, as typed: nothing of a recipe is read as markup here."""
    root = Element("div")
    for group in recipe["ingredient_groups"]:
        if group["name"]:
            add(root, "h3", group["name"])
        rows = add(root, "ul")
        for line in group["lines"]:
            add(rows, "li", line["original_text"])
    lines = lines_by_id(recipe)
    for section in recipe["sections"]:
        if section["name"]:
            add(root, "h3", section["name"])
        rows = add(root, "ol")
        for step in section["steps"]:
            item = add(rows, "li")
            if step["title"]:
                add(item, "strong", step["title"])
            add(item, "p", step_words(step, lines))
    return html(root)
