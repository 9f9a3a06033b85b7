"""A recipe as other programs read it from its page."""

from potluck.web.json_ld import recipe_json_ld
from tests.web.answers import recipe, step


class TestJsonLd:
    def test_is_the_recipe_in_the_words_of_schema_org(self) -> None:
        assert recipe_json_ld(recipe()) == {
            "@context": "https://schema.org",
            "@type": "Recipe",
            "name": "Apple cake",
            "description": "With *cinnamon*.",
            "inLanguage": "en",
            "author": {"@type": "Person", "name": "Nora"},
            "keywords": "Cake",
            "recipeYield": "8 servings, 1 cake",
            "cookTime": "PT50M",
            "totalTime": "PT65M",
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
            "dateModified": "2025-11-20T23:30:00Z",
        }

    def test_steps_are_as_typed(self) -> None:
        sections = [{"name": None, "steps": [step("Mix *all* & <b>bake</b>.")]}]
        (found,) = recipe_json_ld(recipe(sections=sections))["recipeInstructions"]
        assert found == {"@type": "HowToStep", "text": "Mix *all* & <b>bake</b>."}
