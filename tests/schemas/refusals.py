"""Ask a schema what it thinks of a body."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from potluck.schemas import recipe as schema
from tests.recipe_bodies import Body


def refusals(model: type[BaseModel], body: Body) -> list[tuple[str, str]]:
    """Where and under which code the model refuses the body."""
    with pytest.raises(ValidationError) as refusal:
        model.model_validate(body)
    return [
        ("/" + "/".join(str(part) for part in error["loc"]), error["type"])
        for error in refusal.value.errors()
    ]


def refused(**members: Any) -> list[tuple[str, str]]:
    return refusals(schema.RecipeCreate, {"title": "Cake", **members})


def line_refused(**line: Any) -> list[tuple[str, str]]:
    found = refused(ingredient_groups=[{"lines": [{"food_text": "flour", **line}]}])
    return [(pointer.removeprefix("/ingredient_groups/0/lines/0"), code) for pointer, code in found]


def accepted(**members: Any) -> schema.RecipeCreate:
    return schema.RecipeCreate.model_validate({"title": "Cake", **members})
