"""A recipe as the fields of a plain form, and back; pure.

What is typed is compared with what the form showed: a field that nobody touched changes nothing,
whatever of the recipe it does not show. Recipes are plain JSON, as the API answers and takes them.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from potluck.domain import rational
from potluck.schemas.recipe import RecipeWrite
from potluck.services.page_reading.times import read_time
from potluck.services.page_reading.yields import read_yields
from potluck.web import recipe_parts as parts
from potluck.web.formats import time_range
from potluck.web.forms import Errors, Path
from potluck.web.recipe_text import Plain, flat

TIMES = ("prep", "cook", "rest", "total")
CHOICES = ("language", "status", "visibility")

#: What a new recipe starts from.
EMPTY: Plain = {
    "title": "",
    "summary": None,
    "tags": [],
    "ingredient_groups": [],
    "sections": [],
    "times": dict.fromkeys(TIMES),
    "yields": dict.fromkeys(("servings", "amount", "noun", "original_text")),
    "source": dict.fromkeys(("url_original", "url_canonical", "site", "author", "licence_note")),
    "image_url": None,
    "equipment": [],
    "nutrition": None,
    "notes": [],
}

_TIME = "Write a time like 45 min or 1 h 30 min."
_SERVINGS = "Write a number, like 4 or 2 1/2, or what it makes, like 24 cookies."


def writable(recipe: Plain) -> dict[str, Any]:
    """The members of an answered recipe or draft that may be sent back."""
    return {name: recipe[name] for name in RecipeWrite.model_fields if name in recipe}


def texts(recipe: Plain) -> dict[str, str]:
    """What the fields of the form show for a recipe."""
    source = recipe["source"]
    return {
        "title": flat(recipe["title"]),
        "summary": recipe["summary"] or "",
        "servings": _servings_text(recipe["yields"]),
        **{name: flat(time_range(recipe["times"][name])) for name in TIMES},
        "ingredients": parts.ingredients_text(recipe["ingredient_groups"]),
        "steps": parts.steps_text(recipe["sections"]),
        "tags": parts.tags_text(recipe["tags"]),
        "notes": parts.notes_text(recipe["notes"]),
        "source_url": source["url_original"] or source["url_canonical"] or "",
        "source_author": flat(source["author"] or ""),
        **{name: recipe.get(name) or "" for name in CHOICES},
    }


def fingerprint(recipe: Plain) -> str:
    """A digest of what the form shows: two states that differ elsewhere alone have the same."""
    shown = json.dumps(texts(recipe), sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()


def merged(values: Mapping[str, str], before: Plain) -> tuple[dict[str, Any], Errors]:
    """The writable members of `before` with what was typed, and a sentence for each bad field."""
    shown = texts(before)
    typed = {name: values.get(name, shown[name]).strip() for name in shown}
    changed = {name for name in shown if typed[name] != shown[name].strip()}
    result, errors = writable(before), Errors()
    for name in sorted(changed):
        try:
            _APPLY[name](result, typed[name], before)
        except ValueError as error:
            errors[name] = str(error)
    if changed & {"ingredients", "steps"}:
        result["sections"] = parts.mend_references(
            result["sections"], result["ingredient_groups"], before
        )
    return result, errors


def locate(members: Plain) -> Callable[[Path], tuple[str, str]]:
    """For `forms.sentences`: which field a member of the recipe belongs to, and where in it."""

    def found(path: Path) -> tuple[str, str]:
        head, rest = str(path[0]) if path else "", path[1:]
        if head == "times" and rest:
            return str(rest[0]), ""
        if head == "source":
            return ("source_author" if "author" in rest else "source_url"), ""
        field, noun = _FIELDS.get(head, (head, ""))
        if field not in {*_APPLY, "household_id"}:
            return "", ""
        number = _ordinal(members.get(head), rest)
        return field, f"{noun} {number}: " if noun and number else ""

    return found


_FIELDS = {
    "ingredient_groups": ("ingredients", "Ingredient"),
    "sections": ("steps", "Step"),
    "tags": ("tags", "Tag"),
    "notes": ("notes", "Note"),
    "yields": ("servings", ""),
}


def _ordinal(entries: Any, rest: Path) -> int | None:
    """The number of a line, step, tag or note in the whole recipe, from 1; groups have none."""
    match rest:
        case (int(group), str(name), int(index), *_):
            return sum(len(each[name]) for each in entries[:group]) + index + 1
        case (int(index), *_) if entries and not {"lines", "steps"} & set(entries[index]):
            return index + 1
        case _:
            return None


def _servings_text(yields: Plain) -> str:
    servings = yields["servings"]
    if servings is None:
        return ""
    return rational.text(Fraction(servings["n"], servings["d"]))


def _apply_servings(result: dict[str, Any], text: str, before: Plain) -> None:
    yields = {**before["yields"], "servings": None, "original_text": None}
    if text:
        read = read_yields([text])
        if read is None or (read.servings or read.amount) is None:
            raise ValueError(_SERVINGS)
        if read.servings is not None:
            yields["servings"] = rational.text(read.servings)
        if read.amount is not None:
            yields |= {"amount": rational.text(read.amount), "noun": read.noun}
    result["yields"] = yields


def _apply_time(name: str) -> Callable[[dict[str, Any], str, Plain], None]:
    def apply(result: dict[str, Any], text: str, _: Plain) -> None:
        read = read_time(text)
        if read is not None and read.min_s is None:
            raise ValueError(_TIME)
        value = None if read is None else {"min_s": read.min_s, "max_s": read.max_s}
        result["times"] = {**result["times"], name: value}

    return apply


def _apply_source_url(result: dict[str, Any], text: str, _: Plain) -> None:
    moved = {"url_original": text or None, "url_canonical": None, "site": None}
    result["source"] = {**result["source"], **moved}


def _apply_source_author(result: dict[str, Any], text: str, _: Plain) -> None:
    result["source"] = {**result["source"], "author": text or None}


def _apply_text(name: str) -> Callable[[dict[str, Any], str, Plain], None]:
    def apply(result: dict[str, Any], text: str, _: Plain) -> None:
        result[name] = text

    return apply


def _apply_list(
    field: str, read: Callable[[str, Any], list[dict[str, Any]]]
) -> Callable[[dict[str, Any], str, Plain], None]:
    def apply(result: dict[str, Any], text: str, before: Plain) -> None:
        result[field] = read(text, before[field])

    return apply


#: How each field goes into the members; raises ValueError with a sentence.
_APPLY: dict[str, Callable[[dict[str, Any], str, Plain], None]] = {
    **{name: _apply_text(name) for name in ("title", "summary", *CHOICES)},
    **{name: _apply_time(name) for name in TIMES},
    "servings": _apply_servings,
    "ingredients": _apply_list("ingredient_groups", parts.read_ingredients),
    "steps": _apply_list("sections", parts.read_steps),
    "tags": _apply_list("tags", parts.read_tags),
    "notes": _apply_list("notes", parts.read_notes),
    "source_url": _apply_source_url,
    "source_author": _apply_source_author,
}
