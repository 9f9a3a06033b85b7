"""A recipe as other programs read it from its page."""

from typing import Any

import pytest

from potluck.web.json_ld import recipe_json_ld
from potluck.web.public_page import public_page
from tests.web import schema_org
from tests.web.answers import RECIPE_ID, bare_recipe, exact, line, recipe, step

Json = dict[str, Any]
ADDRESS = f"https://potluck.test/recipes/{RECIPE_ID}/apple-cake"


def public(of: Json) -> Json:
    """What the page of a public recipe tells, checked against the vocabulary."""
    page = public_page(of, base="https://potluck.test", household="Mara's kitchen")
    told = recipe_json_ld(of, page)
    schema_org.Recipe.model_validate(told)
    return told


def tag(kind: str, name: str) -> Json:
    return {"id": "x", "kind": kind, "name": name}


class TestJsonLd:
    def test_is_the_recipe_in_the_words_of_schema_org(self) -> None:
        assert recipe_json_ld(recipe()) == {
            "@context": "https://schema.org",
            "@type": "Recipe",
            "name": "Apple cake",
            "description": "With *cinnamon*.",
            "inLanguage": "en",
            "author": {"@type": "Person", "name": "Nora"},
            "isBasedOn": "https://www.example.org/cake?a=1&b=2",
            "keywords": "Cake",
            "recipeYield": ["8", "1 cake"],
            "cookTime": "PT50M",
            "totalTime": "PT1H5M",
            "tool": ["26 cm tin"],
            "recipeIngredient": ["1 1/2 cups flour", "2 eggs"],
            "recipeInstructions": [
                {"@type": "HowToStep", "text": "Mix."},
                {"@type": "HowToStep", "text": "Bake.", "name": "The oven"},
                {
                    "@type": "HowToSection",
                    "name": "To serve",
                    "itemListElement": [
                        {"@type": "HowToStep", "text": "Cut.", "name": "The knife"}
                    ],
                },
            ],
            "nutrition": {"@type": "NutritionInformation", "calories": "731 kcal"},
            "datePublished": "2025-11-02T08:00:00Z",
            "dateModified": "2025-11-20T23:30:00Z",
        }

    def test_of_a_public_page_tells_its_address_picture_and_household(self) -> None:
        told = public(recipe())
        household = {"@type": "Organization", "name": "Mara's kitchen"}
        assert told["url"] == told["mainEntityOfPage"] == ADDRESS
        assert told["image"] == ["https://pictures.example.org/cake.jpg"]
        assert told["publisher"] == household
        assert told["author"] == {"@type": "Person", "name": "Nora"}
        assert public(bare_recipe())["author"] == household

    def test_every_step_of_a_public_page_has_its_place_there(self) -> None:
        steps = public(recipe())["recipeInstructions"]
        flat = [steps[0], steps[1], steps[2]["itemListElement"][0]]
        assert [each["url"] for each in flat] == [f"{ADDRESS}#step-{n}" for n in (1, 2, 3)]

    def test_of_a_title_alone_is_sound(self) -> None:
        told = public(bare_recipe())
        assert {"recipeIngredient", "recipeInstructions", "image", "nutrition"} & set(told) == set()

    def test_steps_are_as_typed(self) -> None:
        sections = [{"name": None, "steps": [step("Mix *all* & <b>bake</b>.")]}]
        (found,) = recipe_json_ld(recipe(sections=sections))["recipeInstructions"]
        assert found == {"@type": "HowToStep", "text": "Mix *all* & <b>bake</b>."}

    def test_a_picture_that_is_no_web_address_is_left_out(self) -> None:
        assert "image" not in public(recipe(image_url="javascript:alert(1)"))


class TestTags:
    def test_go_where_the_vocabulary_wants_their_kind(self) -> None:
        tags = [
            tag("course", "Dessert"),
            tag("category", "Cake"),
            tag("cuisine", "Danish"),
            tag("method", "Baking"),
            tag("occasion", "Birthday"),
            tag("free", "Quick"),
        ]
        told = public(recipe(tags=tags))
        assert told["recipeCategory"] == ["Dessert", "Cake"]
        assert told["recipeCuisine"] == ["Danish"]
        assert told["cookingMethod"] == ["Baking"]
        assert told["keywords"] == "Birthday, Quick"

    @pytest.mark.parametrize("name", ["Gluten-free", "gluten free", "Gluten Free Diet"])
    def test_a_diet_that_the_vocabulary_knows_is_its_address(self, name: str) -> None:
        told = public(recipe(tags=[tag("diet", name), tag("diet", "Paleo")]))
        assert told["suitableForDiet"] == ["https://schema.org/GlutenFreeDiet"]
        assert told["keywords"] == "Paleo"


class TestNumbers:
    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(0, "PT0S"), (45, "PT45S"), (3600, "PT1H"), (3661, "PT1H1M1S"), (259_200, "PT72H")],
    )
    def test_times_are_durations(self, seconds: int, words: str) -> None:
        time = {"min_s": seconds, "max_s": seconds, "original_text": None}
        assert public(recipe(times={"prep": time}))["prepTime"] == words

    @pytest.mark.parametrize(
        ("yields", "words"),
        [
            ({"servings": {"n": 8, "d": 1}}, ["8"]),
            ({"servings": {"n": 3, "d": 2}}, ["1 ½"]),
            ({"amount": {"n": 24, "d": 1}, "noun": "cookies"}, ["24 cookies"]),
            ({"amount": {"n": 24, "d": 1}, "servings": {"n": 6, "d": 1}}, ["6"]),
            ({"amount": {"n": 24, "d": 1}}, ["24"]),
            ({"original_text": "a big pot"}, ["a big pot"]),
        ],
    )
    def test_yields_are_a_number_and_words(self, yields: Json, words: list[str]) -> None:
        assert public(recipe(yields=yields))["recipeYield"] == words

    def test_nutrition_has_units_and_says_what_it_is_of(self) -> None:
        values = {"fat": {"amount": "12.5", "unit": "g"}, "sodium": {"amount": "90", "unit": "mg"}}
        facts = {"source": "manual", "coverage": None, "values": values}
        told = public(recipe(nutrition=facts | {"basis": "per_100g"}))
        assert told["nutrition"] == {
            "@type": "NutritionInformation",
            "servingSize": "100 g",
            "fatContent": "12.5 g",
            "sodiumContent": "90 mg",
        }
        assert "nutrition" not in public(recipe(nutrition=facts | {"basis": "per_recipe"}))

    def test_nutrition_of_which_the_vocabulary_knows_nothing_is_left_out(self) -> None:
        salt = {"basis": "per_serving", "values": {"salt": {"amount": "1", "unit": "g"}}}
        assert "nutrition" not in public(recipe(nutrition=salt))

    def test_ingredients_are_the_lines_as_they_were_typed(self) -> None:
        lines = [line(original_text="1½ cups  flour", quantity=exact(3, 2), food_text="flour")]
        groups = [{"id": "g", "name": "Dough", "lines": lines}]
        assert public(recipe(ingredient_groups=groups))["recipeIngredient"] == ["1½ cups  flour"]
