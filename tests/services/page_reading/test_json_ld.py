# ruff: noqa: RUF001  pages use dashes and quotes that look like ours
import json
from fractions import Fraction

import pytest

from potluck.core.errors import NoRecipeFound
from potluck.domain.page_recipe import PageNutrition, PageStep, PageTime, PageYield
from potluck.services.page_reading.reader import read
from tests.services.page_reading.pages import page, recipe_node, with_json_ld, with_recipe

URL = "https://kitchen.example/plum-crumble?utm=1"


class TestWholePage:
    recipe = read(page("json-ld"), URL)

    def test_names_its_rung(self) -> None:
        assert self.recipe.method == "json-ld"

    def test_plain_members(self) -> None:
        recipe = self.recipe
        assert recipe.title == "Plum crumble"
        assert recipe.summary == "Tart plums under buttery crumbs."
        assert recipe.language == "en-GB"
        assert recipe.author == "Mara Lind"
        assert recipe.site == "Our Kitchen"
        assert recipe.canonical_url == "https://kitchen.example/plum-crumble"
        assert recipe.equipment == ("24 cm dish",)
        assert recipe.notes == ("Apples work too.",)

    def test_the_widest_picture_behind_a_reference(self) -> None:
        assert self.recipe.image_url == "https://kitchen.example/img/crumble.jpg"

    def test_groups_come_from_the_headings_of_the_visible_page(self) -> None:
        assert self.recipe.groups == (
            ("For the fruit", ("800 g plums, halved", "2 tbsp sugar")),
            ("For the crumble", ("200 g flour & a pinch of salt", "120 g cold butter")),
        )

    def test_sections_and_steps(self) -> None:
        assert self.recipe.sections == (
            (
                "Fruit",
                (
                    PageStep("Heat the oven to 180 °C."),
                    PageStep("Toss the plums with the sugar."),
                ),
            ),
            ("Crumble", (PageStep("Rub butter and flour together.", "Crumbs"),)),
        )

    def test_times_with_a_derived_total(self) -> None:
        times = self.recipe.times
        assert times.prep == PageTime(900, 900)
        assert times.cook == PageTime(2400, 2400)
        assert times.total == PageTime(3300, 3300)

    def test_yield(self) -> None:
        assert self.recipe.yields == PageYield(Fraction(6), None, None, "6 servings")

    def test_nutrition(self) -> None:
        values = {"energy": ("412", "kcal"), "fat": ("18", "g"), "sodium": ("120", "mg")}
        assert self.recipe.nutrition == PageNutrition("per_serving", values)

    def test_tags_by_kind_without_repeats(self) -> None:
        assert self.recipe.tags == (
            ("course", "Dessert"),
            ("cuisine", "British"),
            ("diet", "Vegetarian"),
            ("free", "plums"),
            ("free", "autumn"),
        )


class TestWhereTheRecipeStands:
    @pytest.mark.parametrize(
        "document",
        [
            recipe_node(),
            [recipe_node()],
            {"@graph": [recipe_node()]},
            {"@graph": [[recipe_node()]]},
            {"@type": "WebPage", "mainEntity": recipe_node()},
            {"@type": "ItemList", "itemListElement": [{"item": recipe_node()}]},
            recipe_node(**{"@type": "http://schema.org/Recipe"}),
            recipe_node(**{"@type": ["Thing", "schema:Recipe"]}),
            recipe_node(**{"@type": "recipe"}),
        ],
    )
    def test_it_is_found_anywhere(self, document: object) -> None:
        assert read(with_json_ld(json.dumps(document)), None).title == "Toast"

    def test_a_bare_document_is_a_page_too(self) -> None:
        assert read(json.dumps(recipe_node()), None).title == "Toast"

    def test_a_broken_script_does_not_hide_the_next(self) -> None:
        html = with_json_ld("{{ oops", json.dumps(recipe_node()))
        assert read(html, None).title == "Toast"

    def test_raw_line_ends_and_trailing_commas(self) -> None:
        html = with_json_ld(
            '{"@type":"Recipe","name":"Toast","recipeIngredient":["bread",],'
            '"recipeInstructions":"Toast\nthe bread.\nEat.",}'
        )
        assert read(html, None).steps == ("Toast", "the bread.", "Eat.")

    def test_a_page_about_recipes_without_one_has_none(self) -> None:
        node = {"@type": "Article", "name": "On recipes", "about": {"@type": "RecipeBook"}}
        with pytest.raises(NoRecipeFound):
            read(with_json_ld(json.dumps(node)), None)


class TestSeveralRecipes:
    def test_the_one_with_lines_and_steps_is_chosen(self) -> None:
        related = [{"@type": "Recipe", "name": f"Related {n}", "image": "/x.jpg"} for n in range(5)]
        html = with_json_ld(json.dumps([*related, recipe_node()]))
        assert read(html, None).title == "Toast"

    def test_of_two_whole_ones_the_page_title_decides(self) -> None:
        html = with_json_ld(
            json.dumps([recipe_node(name="Garlic bread"), recipe_node(name="Rye toast")]),
            head='<meta property="og:title" content="Rye toast – our best">',
        )
        assert read(html, None).title == "Rye toast"

    def test_a_second_node_of_the_same_name_fills_gaps(self) -> None:
        html = with_json_ld(
            json.dumps(recipe_node()),
            json.dumps({"@type": "Recipe", "name": "Toast", "recipeYield": "2 slices"}),
        )
        assert read(html, None).yields == PageYield(None, Fraction(2), "slices", "2 slices")


class TestIngredientLines:
    @pytest.mark.parametrize(
        ("value", "lines"),
        [
            ("flour\nwater", ("flour", "water")),
            (["2 cups (500 ml) milk"], ("2 cups (500 ml) milk",)),
            ([["flour"], ["water"]], ("flour", "water")),
            (["flour", None, "", "  ", True, "water"], ("flour", "water")),
            (["▢ flour", "• water"], ("flour", "water")),
            (["<b>flour</b>", "salt &amp;amp; oil"], ("flour", "salt & oil")),
            (["butter ((soft (not cold)))"], ("butter (soft (not cold))",)),
            (
                [{"@type": "PropertyValue", "value": "200", "unitText": "g", "name": "flour"}],
                ("200 g flour",),
            ),
            ([{"@type": "Thing", "name": "flour"}], ("flour",)),
        ],
    )
    def test_every_shape_gives_plain_lines(self, value: object, lines: tuple[str, ...]) -> None:
        assert read(with_recipe(recipeIngredient=value), None).lines == lines

    def test_a_line_that_ends_with_a_colon_is_a_heading(self) -> None:
        value = ["flour", "For the icing:", "sugar", "lemon"]
        recipe = read(with_recipe(recipeIngredient=value), None)
        assert recipe.groups == ((None, ("flour",)), ("For the icing:", ("sugar", "lemon")))

    def test_such_a_line_at_the_end_is_a_line(self) -> None:
        recipe = read(with_recipe(recipeIngredient=["flour", "To serve:"]), None)
        assert recipe.groups == ((None, ("flour", "To serve:")),)


class TestTimes:
    def test_a_range_object(self) -> None:
        value = {"@type": "QuantitativeValue", "minValue": "PT20M", "maxValue": "PT30M"}
        assert read(with_recipe(cookTime=value), None).times.cook == PageTime(1200, 1800)

    def test_an_unreadable_one_keeps_its_words_and_warns(self) -> None:
        recipe = read(with_recipe(cookTime="PTNaNM", prepTime="PT5M"), None)
        assert recipe.times.cook == PageTime(original_text="PTNaNM")
        assert recipe.times.total == PageTime(300, 300)
        assert [(w.code, w.pointer) for w in recipe.warnings] == [
            ("time_unreadable", "/times/cook")
        ]

    def test_a_total_of_the_page_is_kept_though_it_is_no_sum(self) -> None:
        recipe = read(with_recipe(prepTime="PT5M", cookTime="PT5M", totalTime="PT2H"), None)
        assert recipe.times.total == PageTime(7200, 7200)
