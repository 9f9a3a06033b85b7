"""Recipes by the ten thousand, as like real ones as search cares: how often which word occurs."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from potluck.core.ids import new_id
from potluck.domain.search.words import IndexedText
from potluck.schemas.recipe import RecipeCreate, RecipeDocument
from potluck.services import documents, recipe_index, recipe_projection

#: Texts that differ; each is used by several recipes, as writing them takes most of the time.
TEXTS = 4_000
START = datetime(2020, 1, 1, tzinfo=UTC)

#: A food and the share of recipes that name it, in percent.
FOODS = {
    "salt": 62, "sugar": 38, "butter": 36, "garlic": 33, "onion": 32, "olive oil": 30,
    "black pepper": 28, "flour": 27, "eggs": 26, "milk": 20, "lemon": 17, "parsley": 14,
    "chicken breast": 12, "brown sugar": 11, "cinnamon": 10, "tomatoes": 10, "carrots": 9,
    "potatoes": 9, "vanilla extract": 9, "cheddar cheese": 8, "heavy cream": 8, "ginger": 7,
    "baking powder": 7, "soy sauce": 6, "bacon": 6, "rice": 6, "chocolate": 6, "mushrooms": 5,
    "cumin": 5, "basil": 5, "sour cream": 4, "walnuts": 3, "spinach": 3, "shrimp": 3,
    "zucchini": 2, "coconut milk": 2, "lentils": 2, "pumpkin": 2, "cabbage": 2, "saffron": 1,
    "rhubarb": 1, "artichokes": 1, "tarragon": 1, "quinoa": 1,
}  # fmt: skip
DISHES = (
    "soup", "salad", "cake", "stew", "pie", "bread", "casserole", "curry", "cookies", "pasta",
    "muffins", "roast", "sauce", "tart", "pancakes", "dumplings", "pudding", "gratin", "chili",
)  # fmt: skip
KINDS = ("easy", "grandma's", "spicy", "creamy", "classic", "quick", "baked", "summer", "vegan")
STEPS = (
    "Preheat the oven and grease a deep dish with {0}.",
    "Heat the {0} in a large pan over medium heat and stir until fragrant.",
    "Whisk the {0} with the {1} until smooth, then fold in the {2}.",
    "Add the {1}, season to taste, cover and simmer gently for about twenty minutes.",
    "Mix everything in a bowl; let it rest while you slice the {2}.",
    "Pour over the {0}, bake until golden brown and leave to cool on a rack.",
    "Serve at once with {1} and {0} on the side, sprinkled with {2}.",
)
MEASURES = ("1 cup", "2 tbsp", "1/2 tsp", "200 g", "3 large", "a handful of", "1 can")
RARE = [a + b + c for a in ("ba", "ko", "mi", "tu", "re") for b in ("lan", "ver", "sto", "qui")
        for c in ("da", "lio", "nese", "ker", "ton", "vas", "mar")]  # fmt: skip


@dataclass(frozen=True)
class Text:
    """What a recipe consists of, and what it is found by."""

    document: RecipeDocument
    columns: dict[str, Any]
    tags: tuple[str, ...]
    indexed: IndexedText


@dataclass(frozen=True)
class Row:
    """One recipe: half of them are of the first household, the rest of five hundred others."""

    id: UUID
    household: int
    text: Text
    visibility: str
    created_at: datetime


def rows(count: int, households: int) -> Iterator[Row]:
    """`count` recipes, oldest first, the same at every call but for their ids."""
    chance = random.Random(2)  # noqa: S311
    texts = [_text(random.Random(number)) for number in range(TEXTS)]  # noqa: S311
    for number in range(count):
        yield Row(
            id=new_id(),
            household=0 if number % 2 else 1 + chance.randrange(households - 1),
            text=texts[chance.randrange(TEXTS)],
            visibility="public" if chance.random() < 0.05 else "household",
            created_at=START + timedelta(minutes=number),
        )


def as_sent(document: RecipeDocument) -> dict[str, Any]:
    """What a client sends to make such a recipe."""
    groups = [
        {"lines": [{"original_text": line.original_text} for line in group.lines]}
        for group in document.ingredient_groups
    ]
    sections = [
        {"steps": [{"text": step.text} for step in section.steps]} for section in document.sections
    ]
    return {"title": document.title, "ingredient_groups": groups, "sections": sections}


def _text(chance: random.Random) -> Text:
    foods = [food for food, share in FOODS.items() if chance.random() * 100 < share]
    foods = (foods or ["water"]) + chance.sample(RARE, 2)
    steps = [
        chance.choice(STEPS).format(*(chance.choice(foods) for _ in range(3)))
        for _ in range(chance.randint(6, 14))
    ]
    lines = [f"{chance.choice(MEASURES)} {food}, {chance.choice(KINDS)}" for food in foods]
    data = RecipeCreate.model_validate(
        {
            "title": f"{chance.choice(KINDS)} {chance.choice(foods)} {chance.choice(DISHES)}",
            "ingredient_groups": [{"lines": [{"original_text": line} for line in lines]}],
            "sections": [{"steps": [{"text": step} for step in steps]}],
        }
    )
    document = documents.build(
        data, language="en", status="published", visibility="household", tag_ids=[]
    )
    tags = (chance.choice(DISHES), *chance.sample(KINDS, 2))
    indexed = recipe_index.text_of(document, list(tags))
    return Text(document, recipe_projection.project(document).model_dump(), tags, indexed)
