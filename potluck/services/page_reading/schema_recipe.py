"""A schema.org Recipe node, from JSON-LD or microdata, as a `PageRecipe`."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from potluck.domain.page_recipe import Group, Method, PageRecipe, PageTime, PageTimes
from potluck.services.page_reading.addresses import web_address
from potluck.services.page_reading.instructions import is_heading, read_instructions
from potluck.services.page_reading.nutrition import read_nutrition
from potluck.services.page_reading.text import one_line, plain
from potluck.services.page_reading.times import read_time
from potluck.services.page_reading.yields import read_yields

Node = dict[str, Any]

_MOST = 1_000
_BULLET = re.compile(r"^(?:[▢□☐•·‣◦▪●]\s*|[*\u2013-]\s+)+")
_TAGS = (
    ("course", "recipeCategory"),
    ("cuisine", "recipeCuisine"),
    ("diet", "suitableForDiet"),
    ("method", "cookingMethod"),
    ("free", "keywords"),
)


def recipe_from_node(node: Node, method: Method, base: str | None) -> PageRecipe:
    """Every field that the node fills; relative addresses are taken from `base`."""
    times = PageTimes(
        prep=_time(node.get("prepTime")),
        cook=_time(node.get("cookTime") or node.get("performTime")),
        total=_time(node.get("totalTime")),
    )
    return PageRecipe(
        method=method,
        title=one_line(text_of(node.get("name") or node.get("headline"))) or None,
        summary=plain(text_of(node.get("description"))) or None,
        language=text_of(node.get("inLanguage")) or None,
        image_url=_image(node.get("image"), base),
        canonical_url=_own_address(node, base),
        author=one_line(_author(node.get("author") or node.get("creator"))) or None,
        groups=group_lines(_lines(node)),
        sections=read_instructions(
            node.get("recipeInstructions")
            or node.get("RecipeInstructions")
            or node.get("instructions")
        ),
        times=times,
        yields=read_yields(_texts(node.get("recipeYield") or node.get("yield"))),
        nutrition=_nutrition(node.get("nutrition")),
        tags=tuple(_tags(node)),
        equipment=tuple(dict.fromkeys(filter(None, map(one_line, _texts(node.get("tool")))))),
    )


def text_of(value: Any) -> str:
    """The words of a value: a string, a tagged value, a named thing, the first of a list."""
    for _ in range(4):
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            value = next((item for item in value if item), None)
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("name") or value.get("text")
        else:
            break
    return ""


def group_lines(lines: Iterable[str]) -> tuple[Group, ...]:
    """Lines under the heading before them; a line that ends with a colon is a heading."""
    groups: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in lines:
        if is_heading(line):
            if groups[-1][0] and not groups[-1][1]:
                groups[-1][1].append(groups.pop()[0] or "")
            groups.append((line, []))
        else:
            groups[-1][1].append(line)
    if groups[-1][0] and not groups[-1][1]:
        # Nothing stands below it, so it was a line after all.
        name = groups.pop()[0] or ""
        if not groups:
            groups.append((None, []))
        groups[-1][1].append(name)
    return tuple((name, tuple(texts)) for name, texts in groups if texts)


def _lines(node: Node) -> list[str]:
    value = node.get("recipeIngredient") or node.get("ingredients") or node.get("ingredient")
    texts = _texts(value)
    if len(texts) == 1:
        texts = plain(texts[0]).split("\n")
    lines = (_tidy_line(one_line(text)) for text in texts[:_MOST])
    return [line for line in lines if line]


def _tidy_line(line: str) -> str:
    # Print plugins put a note that has brackets of its own into brackets.
    if "((" in line and "))" in line:
        line = line.replace("((", "(").replace("))", ")")
    return without_bullet(line)


def without_bullet(line: str) -> str:
    """`line` without the bullet or tick box that a page draws before it."""
    return _BULLET.sub("", line) or line


def _texts(value: Any) -> list[str]:
    """The words of every entry of a value, nested lists opened, quantities written out."""
    found: list[str] = []
    stack = [value]
    while stack and len(found) < _MOST:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(reversed(item[:_MOST]))
        elif isinstance(item, dict):
            found.append(_quantity(item) or text_of(item))
        elif isinstance(item, str):
            found.append(item)
    return found


def _quantity(item: Node) -> str:
    """A PropertyValue or QuantitativeValue as words: value, unit, name."""
    value = item.get("value") or item.get("amount")
    if isinstance(value, dict):
        value = " ".join(text_of(value.get(name)) for name in ("value", "unitText", "unitCode"))
    words = [
        text_of(value),
        *(text_of(item.get(name)) for name in ("unitText", "unitCode", "name")),
    ]
    return " ".join(word for word in words if word) if words[0] else ""


def _time(value: Any) -> PageTime | None:
    """A duration string, or a range object with minValue and maxValue (or value)."""
    if isinstance(value, list):
        value = next((item for item in value if item), None)
    if not isinstance(value, dict):
        return read_time(one_line(value)) if isinstance(value, str) else None
    ends = [_time(value.get(name)) for name in ("minValue", "maxValue")]
    low, high = ends[0] or ends[1], ends[1] or ends[0]
    if low and high and low.min_s is not None and high.max_s is not None:
        return PageTime(min(low.min_s, high.max_s), max(low.min_s, high.max_s))
    inner = value.get("value") or value.get("duration") or value.get("@value") or value.get("name")
    return read_time(one_line(inner)) if isinstance(inner, str) else None


def _image(value: Any, base: str | None) -> str | None:
    """The widest of several pictures; the first when none says how wide it is."""
    best: tuple[int, str] | None = None
    for item in (value if isinstance(value, list) else [value])[:50]:
        address, width = item, 0
        if isinstance(item, dict):
            address = text_of(item.get("url") or item.get("contentUrl") or item.get("@id"))
            digits = text_of(item.get("width")).strip().removesuffix("px")
            width = int(digits) if digits.isdecimal() and len(digits) < 7 else 0
        absolute = web_address(address, base)
        if absolute and (best is None or width > best[0]):
            best = (width, absolute)
    return best[1] if best else None


def _own_address(node: Node, base: str | None) -> str | None:
    page = node.get("mainEntityOfPage")
    candidates = [node.get("url"), page, node.get("@id")]
    if isinstance(page, dict):
        candidates[1:2] = [page.get("@id"), page.get("url")]
    return next((url for url in (web_address(c, base) for c in candidates) if url), None)


def _author(value: Any) -> str:
    names = [text for text in _texts(value) if not text.startswith(("http://", "https://", "#"))]
    return ", ".join(dict.fromkeys(filter(None, map(one_line, names[:5]))))


def _nutrition(value: Any) -> Any:
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, dict)), None)
    if not isinstance(value, dict):
        return None
    return read_nutrition({name: one_line(text_of(v)) for name, v in value.items()})


def _tags(node: Node) -> Iterable[tuple[str, str]]:
    seen: set[str] = set()
    for kind, member in _TAGS:
        for text in _texts(node.get(member)):
            for part in one_line(text).split(","):
                name = _tag_name(part.strip(), kind)
                if name and name.casefold() not in seen:
                    seen.add(name.casefold())
                    yield kind, name


def _tag_name(text: str, kind: str) -> str:
    """A diet's address (https://schema.org/VeganDiet) as words: "Vegan"."""
    if kind != "diet":
        return text
    last = text.rstrip("/").rpartition("/")[2].removesuffix("Diet")
    words = "".join(" " + c if c.isupper() and i else c for i, c in enumerate(last))
    return " ".join(words.split())


def merge_nodes(best: PageRecipe, other: PageRecipe) -> PageRecipe:
    """`best` with what it lacks taken from `other`, which tells of the same recipe."""
    missing = {
        name: getattr(other, name)
        for name in PageRecipe.__dataclass_fields__
        if name not in {"method", "times"} and not getattr(best, name) and getattr(other, name)
    }
    times = {
        name: getattr(best.times, name) or getattr(other.times, name)
        for name in ("prep", "cook", "rest", "total")
    }
    return replace(best, times=PageTimes(**times), **missing)
