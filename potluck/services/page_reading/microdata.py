"""Rung two: schema.org Recipe in microdata (itemscope, itemprop) or RDFa (typeof, property)."""

from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from potluck.domain.page_recipe import PageRecipe
from potluck.services.page_reading.json_ld import MOST_RECIPES, best_recipe, is_recipe
from potluck.services.page_reading.schema_recipe import Node, recipe_from_node
from potluck.services.page_reading.tree import Element, Page

_ADDRESSES = {"a": "href", "link": "href", "area": "href", "img": "src", "audio": "src"}
_INGREDIENTS = frozenset({"ingredient", "ingredients", "recipeIngredient"})
_RENAMED = {
    "instructions": "recipeInstructions",
    "ingredient": "recipeIngredient",
    "photo": "image",
}


def read(page: Page) -> PageRecipe | None:
    """The best Recipe item of the page, or None."""
    recipes = [
        recipe_from_node(item, "microdata", page.url) for item in _items(page)[:MOST_RECIPES]
    ]
    return best_recipe(recipes, page)


def _items(page: Page) -> list[Node]:
    """Every Recipe item; an item inside another is the value of a property of that one."""
    found: list[Node] = []
    scopes: list[tuple[Element, Node]] = []
    if page.root is None:
        return found
    for event, element in etree.iterwalk(page.root, events=("start", "end")):
        if event == "end":
            if scopes and scopes[-1][0] is element:
                scopes.pop()
            continue
        item = _new_item(element)
        names = (
            element.get("itemprop") or (element.get("property") if scopes else "") or ""
        ).split()
        if scopes and names:
            value = item if item is not None else _value(page, element)
            _add(scopes[-1][1], names, _whole_line(page, element, names, value))
        if item is not None:
            scopes.append((element, item))
            if is_recipe(item):
                found.append(item)
    return found


def _new_item(element: Element) -> Node | None:
    if element.get("itemscope") is None and element.get("typeof") is None:
        return None
    kind = (element.get("itemtype") or element.get("typeof") or "").split()
    return {"@type": [name.rpartition("#")[2] for name in kind]}


def _whole_line(page: Page, element: Element, names: list[str], value: Any) -> Any:
    """An ingredient marked up without its amount, which stands before it in the same list item."""
    if not isinstance(value, str) or not _INGREDIENTS.intersection(names):
        return value
    parent = element.getparent()
    if parent is None or parent.tag != "li" or value[:1].isdigit():
        return value
    line = page.line(parent)
    return line if line[:1].isnumeric() and line.endswith(value) else value


def _add(item: Node, names: list[str], value: Any) -> None:
    if not value:
        return
    for name in names[:5]:
        local = name.replace(":", "/").rpartition("/")[2]
        item.setdefault(_RENAMED.get(local, local), []).append(value)


def _value(page: Page, element: Element) -> str:
    """What HTML says is the value of a property: an attribute for some elements, else the text."""
    for attribute in ("content", "datetime"):
        if element.get(attribute):
            return str(element.get(attribute))
    attribute = _ADDRESSES.get(element.tag, "")
    if attribute and element.get(attribute) and element.tag != "a":
        return str(element.get(attribute))
    return page.text(element) or str(element.get("href") or "")
