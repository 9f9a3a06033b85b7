"""Rung one: schema.org Recipe in JSON-LD, wherever in the page's graph it stands."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from potluck.domain.page_recipe import PageRecipe
from potluck.services.page_reading.lenient_json import read_documents
from potluck.services.page_reading.schema_recipe import (
    Node,
    merge_nodes,
    recipe_from_node,
    text_of,
)
from potluck.services.page_reading.text import match_key, one_line
from potluck.services.page_reading.tree import Page

_MOST_NODES = 200_000
MOST_RECIPES = 50
_REFERENCES = ("author", "creator", "image", "nutrition", "recipeInstructions", "mainEntityOfPage")


def read(page: Page, html: str) -> PageRecipe | None:
    """The best Recipe node of the page, or None; `html` may itself be a JSON document."""
    documents = list(_documents(page, html))
    nodes = list(_nodes(documents))
    by_id = _by_id(nodes)
    found = islice(filter(is_recipe, nodes), MOST_RECIPES)
    recipes = [recipe_from_node(_resolved(node, by_id), "json-ld", page.url) for node in found]
    return best_recipe(recipes, page)


def _documents(page: Page, html: str) -> Iterator[Any]:
    for script in page.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield from read_documents(script.text or "")
    if html.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        yield from read_documents(html)


def _nodes(documents: list[Any]) -> Iterator[Node]:
    """Every object of the documents in document order, without recursion."""
    stack = list(reversed(documents))
    for _ in range(_MOST_NODES):
        if not stack:
            return
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(v for v in reversed(item.values()) if isinstance(v, (dict, list)))
        elif isinstance(item, list):
            stack.extend(v for v in reversed(item) if isinstance(v, (dict, list)))


def is_recipe(node: Node) -> bool:
    """Whether @type names Recipe, alone or in a list, with or without the vocabulary's address."""
    kinds = node.get("@type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and kind.replace(":", "/").rpartition("/")[2].lower() == "recipe":
            return True
    return False


def _by_id(nodes: list[Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > 1:
            found.setdefault(name, node)
    return found


def _resolved(node: Node, by_id: dict[str, Node]) -> Node:
    """The node with {"@id": …} replaced by what stands under that id elsewhere on the page."""
    resolved = dict(node)
    for name in _REFERENCES:
        value = node.get(name)
        if isinstance(value, list):
            resolved[name] = [_target(item, by_id) for item in value]
        elif value is not None:
            resolved[name] = _target(value, by_id)
    return resolved


def _target(value: Any, by_id: dict[str, Node]) -> Any:
    if isinstance(value, dict) and "@id" in value and not text_of(value):
        return by_id.get(str(value["@id"]), value)
    return value


def best_recipe(recipes: list[PageRecipe], page: Page) -> PageRecipe | None:
    """The fullest recipe, ties in page order; others of the same title fill its gaps."""
    if not recipes:
        return None
    title = match_key(page.meta("og:title") or "")
    best = max(recipes, key=lambda recipe: _fullness(recipe, title))
    for other in recipes:
        if other is not best and _title_key(other) in {_title_key(best), ""}:
            best = merge_nodes(best, other)
    return best


def _title_key(recipe: PageRecipe) -> str:
    return match_key(one_line(recipe.title or ""))


def _fullness(recipe: PageRecipe, page_title: str) -> int:
    """Lines and steps make a recipe; a title that is the page's decides between two of them."""
    times = recipe.times
    extras = (recipe.image_url, recipe.yields, times.total, times.prep, times.cook, recipe.author)
    key = _title_key(recipe)
    return (
        20 * bool(recipe.groups)
        + 20 * bool(recipe.sections)
        + 15 * bool(key and page_title and (key in page_title or page_title in key))
        + 2 * bool(key)
        + sum(bool(extra) for extra in extras)
    )
