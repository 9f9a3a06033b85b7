"""Recipes as fields of the form, for the tests of it."""

from typing import Any

from potluck.schemas import RecipeCreate
from potluck.services import documents
from potluck.web import recipe_form

Json = dict[str, Any]


def answered(body: Json) -> Json:
    """The recipe that a body becomes, as the API answers it."""
    data = RecipeCreate.model_validate(body)
    document = documents.build(
        data,
        language=data.language or "en",
        status=data.status or "published",
        visibility=data.visibility or "household",
        tag_ids=[],
    )
    tags = [tag.model_dump(mode="json", exclude={"id"}) for tag in data.tags]
    return document.model_dump(mode="json", exclude={"schema_version", "tag_ids"}) | {"tags": tags}


def typed(recipe: Json, **fields: str) -> Json:
    """The members after the form of a recipe was changed in these fields; no field is refused."""
    members, errors = recipe_form.merged(recipe_form.texts(recipe) | fields, recipe)
    assert errors == {}
    return members


def refused(**fields: str) -> dict[str, str]:
    return recipe_form.merged(fields, recipe_form.EMPTY)[1]


def holds(part: Json) -> bool:
    """Whether there is anything in a group, section or note."""
    return any(part.get(name) for name in ("name", "lines", "steps", "text"))


def lines(members: Json) -> list[str]:
    return [line["original_text"] for g in members["ingredient_groups"] for line in g["lines"]]


def steps(members: Json) -> list[Json]:
    return [step for section in members["sections"] for step in section["steps"]]
