"""A recipe as schema.org JSON-LD, so that other recipe programs can take it from our page."""

from collections.abc import Mapping
from typing import Any

from potluck.web.formats import servings
from potluck.web.markup import lines_by_id, step_words


def recipe_json_ld(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The Recipe object of https://schema.org/Recipe for a recipe as the API answers it.

    Members without a value are left out. The result is plain data: the template writes it with
    `tojson`, which escapes what could end the script element.
    """
    times = recipe["times"]
    source = recipe["source"] or {}
    lines = [line for group in recipe["ingredient_groups"] for line in group["lines"]]
    document = {
        "@context": "https://schema.org",
        "@type": "Recipe",
        "name": recipe["title"],
        "description": recipe["summary"],
        "inLanguage": recipe["language"],
        "author": {"@type": "Person", "name": source["author"]} if source.get("author") else None,
        "isBasedOn": source.get("url_canonical"),
        "keywords": ", ".join(tag["name"] for tag in recipe["tags"]),
        "recipeYield": servings(recipe["yields"]).striptags(),
        "prepTime": _iso(times.get("prep")),
        "cookTime": _iso(times.get("cook")),
        "totalTime": _iso(times.get("total")),
        "recipeIngredient": [line["original_text"] for line in lines],
        "recipeInstructions": _instructions(recipe),
        "dateModified": recipe.get("updated_at"),
    }
    return {name: value for name, value in document.items() if value}


def _instructions(recipe: Mapping[str, Any]) -> list[dict[str, Any]]:
    lines = lines_by_id(recipe)
    result: list[dict[str, Any]] = []
    for section in recipe["sections"]:
        steps = [
            {"@type": "HowToStep", "text": step_words(step, lines)}
            | ({"name": step["title"]} if step.get("title") else {})
            for step in section["steps"]
        ]
        if section["name"]:
            named = {"@type": "HowToSection", "name": section["name"], "itemListElement": steps}
            result.append(named)
        else:
            result += steps
    return result


def _iso(value: Mapping[str, Any] | None) -> str | None:
    """The longer end of a TimeRange as an ISO 8601 duration in seconds or whole minutes."""
    seconds = (value or {}).get("max_s")
    if seconds is None:
        return None
    return f"PT{seconds}S" if seconds % 60 else f"PT{seconds // 60}M"
