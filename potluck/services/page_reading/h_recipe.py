"""Rung three: the microformats h-recipe and its older form hrecipe, told by class names."""

from itertools import islice

from potluck.domain.page_recipe import PageRecipe, PageTimes
from potluck.services.page_reading.addresses import web_address
from potluck.services.page_reading.instructions import read_instructions
from potluck.services.page_reading.schema_recipe import group_lines
from potluck.services.page_reading.times import read_time
from potluck.services.page_reading.tree import Element, Page, classes
from potluck.services.page_reading.yields import read_yields

_MOST_ROOTS = 20
_ROOTS = frozenset({"h-recipe", "hrecipe"})
#: Class names of both forms, and what they hold.
_PROPERTIES = {
    "p-name": "title", "fn": "title",
    "p-summary": "summary", "summary": "summary",
    "p-ingredient": "line", "ingredient": "line",
    "e-instructions": "steps", "instructions": "steps", "p-instructions": "steps",
    "instruction": "steps",
    "p-yield": "yield", "yield": "yield",
    "dt-duration": "total", "duration": "total", "totaltime": "total",
    "preptime": "prep", "cooktime": "cook", "dt-prep": "prep", "dt-cook": "cook",
    "p-author": "author", "author": "author",
    "u-photo": "image", "photo": "image",
    "p-category": "tag", "tag": "tag",
}  # fmt: skip


def read(page: Page) -> PageRecipe | None:
    """The first root with ingredients or steps, or None."""
    roots = (element for element in page.iter() if _ROOTS.intersection(classes(element)))
    for root in islice(roots, _MOST_ROOTS):
        recipe = _read_root(page, root)
        if recipe.groups or recipe.sections:
            return recipe
    return None


def _read_root(page: Page, root: Element) -> PageRecipe:
    found: dict[str, list[str]] = {}
    image: str | None = None
    for element in page.within(root):
        for name in classes(element):
            kind = _PROPERTIES.get(name)
            if kind == "image":
                image = image or web_address(_source(element), page.url)
            elif kind is not None:
                found.setdefault(kind, []).append(_words(page, element, kind))
    return PageRecipe(
        method="h-recipe",
        title=_first(found, "title"),
        summary=_first(found, "summary"),
        author=_first(found, "author"),
        image_url=image,
        groups=group_lines(line for line in found.get("line", []) if line),
        sections=read_instructions(found.get("steps", [])),
        times=PageTimes(
            prep=read_time(_first(found, "prep") or ""),
            cook=read_time(_first(found, "cook") or ""),
            total=read_time(_first(found, "total") or ""),
        ),
        yields=read_yields(found.get("yield", [])),
        tags=tuple(("free", tag) for tag in dict.fromkeys(found.get("tag", [])) if tag),
    )


def _first(found: dict[str, list[str]], kind: str) -> str | None:
    return next((text for text in found.get(kind, []) if text), None)


def _words(page: Page, element: Element, kind: str) -> str:
    """Attributes that hold the exact value go before the text (the value-class pattern)."""
    for attribute in ("datetime", "content", "value"):
        if element.get(attribute):
            return str(element.get(attribute))
    for inner in page.within(element):
        if "value-title" in classes(inner) and inner.get("title"):
            return str(inner.get("title"))
    return page.text(element) if kind in {"steps", "summary"} else page.line(element)


def _source(element: Element) -> str | None:
    for name in ("src", "data-src", "href", "data"):
        if element.get(name):
            return str(element.get(name))
    inner = element.find(".//img")
    return None if inner is None else inner.get("src")
