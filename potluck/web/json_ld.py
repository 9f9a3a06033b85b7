"""A recipe as schema.org JSON-LD, so that search engines and other programs can read our page."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from potluck.domain.text import fold
from potluck.web.formats import is_web_link, number
from potluck.web.markup import lines_by_id, step_words
from potluck.web.public_page import PublicPage

#: The values of https://schema.org/RestrictedDiet by what is left of a name without its marks.
DIETS = {
    name.removesuffix("Diet").lower(): f"https://schema.org/{name}"
    for name in (
        *("DiabeticDiet", "GlutenFreeDiet", "HalalDiet", "HinduDiet", "KosherDiet"),
        *("LowCalorieDiet", "LowFatDiet", "LowLactoseDiet", "LowSaltDiet", "VeganDiet"),
        "VegetarianDiet",
    )
}
#: Properties of https://schema.org/NutritionInformation; it has none for salt.
NUTRIENTS = {
    "energy": "calories",
    "fat": "fatContent",
    "saturated_fat": "saturatedFatContent",
    "trans_fat": "transFatContent",
    "unsaturated_fat": "unsaturatedFatContent",
    "carbohydrate": "carbohydrateContent",
    "sugar": "sugarContent",
    "fiber": "fiberContent",
    "protein": "proteinContent",
    "sodium": "sodiumContent",
    "cholesterol": "cholesterolContent",
}
_MARKS = re.compile(r"[\W_]+")


def recipe_json_ld(recipe: Mapping[str, Any], public: PublicPage | None = None) -> dict[str, Any]:
    """The Recipe object of https://schema.org/Recipe for a recipe as the API answers it.

    A page that is `public` also tells its address, its pictures and who publishes it. Members
    without a value are left out. The result is plain data: the template writes it with `tojson`,
    which escapes what could end the script element.
    """
    times = recipe["times"]
    source = recipe["source"] or {}
    lines = [line for group in recipe["ingredient_groups"] for line in group["lines"]]
    author = {"@type": "Person", "name": source["author"]} if source.get("author") else None
    origins = (source.get("url_canonical"), source.get("url_original"))
    document = {
        "@context": "https://schema.org",
        "@type": "Recipe",
        "name": recipe["title"],
        "description": recipe["summary"],
        "inLanguage": recipe["language"],
        "author": author,
        "isBasedOn": next(filter(is_web_link, origins), None),
        **_tags(recipe["tags"]),
        "recipeYield": list(_yields(recipe["yields"] or {})),
        "prepTime": _iso(times.get("prep")),
        "cookTime": _iso(times.get("cook")),
        "totalTime": _iso(times.get("total")),
        "tool": recipe["equipment"],
        "recipeIngredient": [line["original_text"] for line in lines],
        "recipeInstructions": _instructions(recipe, public),
        "nutrition": _nutrition(recipe["nutrition"]),
        "datePublished": recipe["created_at"],
        "dateModified": recipe["updated_at"],
    }
    if public is not None:
        document |= _outside(public, author)
    return {name: value for name, value in document.items() if value}


def _outside(public: PublicPage, author: Mapping[str, str] | None) -> dict[str, Any]:
    household = {"@type": "Organization", "name": public.household}
    return {
        "url": public.url,
        "mainEntityOfPage": public.url,
        "image": [picture.url for picture in public.pictures],
        "author": author or household,
        "publisher": household,
    }


def _tags(tags: list[Mapping[str, str]]) -> dict[str, Any]:
    """Tags under the property of their kind; what the vocabulary has none for is a keyword."""
    named: dict[str, list[str]] = {"category": [], "cuisine": [], "method": [], "diet": []}
    keywords: list[str] = []
    for tag in tags:
        kind = "category" if tag["kind"] == "course" else tag["kind"]
        name = _diet(tag["name"]) if kind == "diet" else tag["name"]
        if kind in named and name:
            named[kind].append(name)
        else:
            keywords.append(tag["name"])
    return {
        "recipeCategory": named["category"],
        "recipeCuisine": named["cuisine"],
        "cookingMethod": named["method"],
        "suitableForDiet": named["diet"],
        "keywords": ", ".join(keywords),
    }


def _diet(name: str) -> str | None:
    return DIETS.get(_MARKS.sub("", fold(name)).removesuffix("diet"))


def _yields(yields: Mapping[str, Any]) -> Iterator[str]:
    """Servings as a bare number, as search engines want it, and the amount in words."""
    servings, amount, noun = (yields.get(name) for name in ("servings", "amount", "noun"))
    if servings:
        yield number(servings).striptags()
    if amount and (noun or not servings):
        yield " ".join(filter(None, (number(amount).striptags(), noun)))
    if not servings and not amount and yields.get("original_text"):
        yield yields["original_text"]


def _instructions(recipe: Mapping[str, Any], public: PublicPage | None) -> list[dict[str, Any]]:
    lines = lines_by_id(recipe)
    result: list[dict[str, Any]] = []
    count = 0
    for section in recipe["sections"]:
        steps: list[dict[str, Any]] = []
        for step in section["steps"]:
            count += 1
            said = {"@type": "HowToStep", "text": step_words(step, lines), "name": step["title"]}
            said["url"] = f"{public.url}#step-{count}" if public else None
            steps.append({name: value for name, value in said.items() if value})
        if section["name"]:
            named = {"@type": "HowToSection", "name": section["name"], "itemListElement": steps}
            result.append(named)
        else:
            result += steps
    return result


def _nutrition(nutrition: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Values of a serving or of 100 g. Those of a whole recipe would be read as of a serving."""
    if nutrition is None or nutrition["basis"] == "per_recipe":
        return None
    values = nutrition["values"]
    facts = {
        name: f"{values[code]['amount']} {values[code]['unit']}"
        for code, name in NUTRIENTS.items()
        if code in values
    }
    if not facts:
        return None
    size = {"servingSize": "100 g"} if nutrition["basis"] == "per_100g" else {}
    return {"@type": "NutritionInformation"} | size | facts


def _iso(value: Mapping[str, Any] | None) -> str | None:
    """The longer end of a TimeRange as an ISO 8601 duration: 3900 → `PT1H5M`."""
    seconds = (value or {}).get("max_s")
    if seconds is None:
        return None
    parts = [(seconds // 3600, "H"), (seconds % 3600 // 60, "M"), (seconds % 60, "S")]
    return "PT" + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0S")
