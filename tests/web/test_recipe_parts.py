"""Ingredients, steps, notes and tags as text areas, and back."""

import copy

import pytest

from potluck.web import recipe_form, recipe_parts, recipe_text
from tests.recipe_bodies import BAKING, FLOUR, full_body
from tests.web import answers
from tests.web.recipe_fields import Json, answered, lines, refused, steps, typed


@pytest.fixture
def full() -> Json:
    return answered(full_body())


class TestIngredients:
    def test_each_line_is_one_and_headings_begin_groups(self) -> None:
        members = typed(
            dict(recipe_form.EMPTY),
            ingredients="2 eggs\n\n  1 cup milk \n# For the icing\nsugar\n#\nsalt",
        )
        assert [
            (g["name"], lines({"ingredient_groups": [g]})) for g in members["ingredient_groups"]
        ] == [
            (None, ["2 eggs", "1 cup milk"]),
            ("For the icing", ["sugar"]),
            (None, ["salt"]),
        ]

    def test_a_line_that_looks_like_a_heading_is_marked(self) -> None:
        recipe = answered(
            {
                "title": "x",
                "ingredient_groups": [
                    {"lines": [{"original_text": "# 2 eggs"}, {"original_text": "\\# salt"}]}
                ],
            }
        )
        assert recipe_form.texts(recipe)["ingredients"] == "\\# 2 eggs\n\\\\# salt"
        assert lines(typed(recipe, ingredients="\\# 2 eggs\n\\\\# salt\nmilk")) == [
            "# 2 eggs",
            "\\# salt",
            "milk",
        ]

    def test_lines_that_stay_keep_all_that_is_known_of_them(self, full: Json) -> None:
        before = full["ingredient_groups"][0]["lines"]
        shown = recipe_form.texts(full)["ingredients"]
        members = typed(full, ingredients=f"first of all\n{shown}")
        assert members["ingredient_groups"][0]["lines"][0] == {"original_text": "first of all"}
        assert members["ingredient_groups"][1]["lines"] == before

    def test_a_reworded_line_keeps_its_id_and_loses_its_old_amount(self, full: Json) -> None:
        shown = recipe_form.texts(full)["ingredients"]
        members = typed(full, ingredients=shown.replace("1 1/2-2 cups flour", "3 cups flour"))
        line = members["ingredient_groups"][0]["lines"][0]
        assert (line["id"], line["original_text"]) == (FLOUR, "3 cups flour, sifted")
        assert "quantity" not in line

    def test_lines_that_change_places_stay_themselves(self, full: Json) -> None:
        group = full["ingredient_groups"][0]
        shown = [line["original_text"].strip() for line in group["lines"]]
        members = typed(full, ingredients="\n".join(["# Dough", shown[2], shown[0], shown[1]]))
        flour, eggs, tubs = group["lines"]
        assert members["ingredient_groups"][0]["lines"] == [tubs, flour, eggs]

    def test_equal_lines_stay_two(self) -> None:
        recipe = answered(
            {
                "title": "x",
                "ingredient_groups": [
                    {"lines": [{"original_text": "salt"}, {"original_text": "salt"}]}
                ],
            }
        )
        ids = [line["id"] for line in recipe["ingredient_groups"][0]["lines"]]
        members = typed(recipe, ingredients="pepper\nsalt\nsalt")
        assert [line.get("id") for line in members["ingredient_groups"][0]["lines"]] == [None, *ids]

    def test_an_alternative_left_alone_is_none(self, full: Json) -> None:
        tubs = full["ingredient_groups"][0]["lines"][2]
        members = typed(full, ingredients=tubs["original_text"])
        (line,) = members["ingredient_groups"][0]["lines"]
        assert (line["alt_group"], line["alt_rank"]) == (None, None)


class TestSteps:
    def test_blank_lines_and_headings_divide(self) -> None:
        members = typed(
            dict(recipe_form.EMPTY),
            steps="Mix.\nWell.\n\n \nBake.\n# To serve\n## The knife\nCut.\n\n## Only a title",
        )
        assert [
            (s["name"], [(e["title"], e["text"]) for e in s["steps"]]) for s in members["sections"]
        ] == [
            (None, [(None, "Mix.\nWell."), (None, "Bake.")]),
            ("To serve", [("The knife", "Cut."), (None, "Only a title")]),
        ]

    def test_a_title_may_stand_apart_from_its_text(self) -> None:
        members = typed(dict(recipe_form.EMPTY), steps="## Oven\n\nHeat it.\n\nWait.")
        assert [(each["title"], each["text"]) for each in steps(members)] == [
            ("Oven", "Heat it."),
            (None, "Wait."),
        ]

    def test_a_reworded_step_keeps_timers_and_shares(self, full: Json) -> None:
        (before,) = steps(full)
        shown = recipe_form.texts(full)["steps"]
        (step,) = steps(typed(full, steps=shown.replace("bake", "bake slowly")))
        assert step["text"] == before["text"].replace("bake", "bake slowly")
        assert {**step, "text": before["text"]} == before

    def test_another_step_in_its_place_is_a_new_one(self, full: Json) -> None:
        assert steps(typed(full, steps="Order a pizza.")) == [
            {"title": None, "text": "Order a pizza.", "ingredients": []}
        ]

    def test_blank_lines_inside_a_step_stay_while_nobody_touches_it(self) -> None:
        recipe = answered({"title": "x", "sections": [{"steps": [{"text": "Mix.\n\nWell."}]}]})
        members = typed(recipe, steps="Mix.\nWell.\n\nBake.")
        assert [each["text"] for each in steps(members)] == ["Mix.\n\nWell.", "Bake."]

    def test_the_words_of_a_line_that_is_gone_stay_in_the_steps(self, full: Json) -> None:
        members = typed(full, ingredients="3 eggs")
        (step,) = steps(members)
        assert step["text"].startswith("1 1/2-2 cups flour, sifted, bake {{timer:")
        eggs = members["ingredient_groups"][0]["lines"][0]["id"]
        assert [each["line_id"] for each in step["ingredients"]] == [eggs]

    def test_a_timer_named_elsewhere_goes_with_its_step(self, full: Json) -> None:
        recipe = copy.deepcopy(full)
        recipe["sections"][0]["steps"].append(
            {**answers.step(f"Wait {{{{timer:{BAKING}}}}}."), "timers": []}
        )
        (step,) = steps(typed(recipe, steps=f"Wait {{{{timer:{BAKING}}}}}."))
        assert step["text"] == "Wait oven."


class TestMany:
    @pytest.mark.parametrize(
        ("field", "text", "sentence"),
        [
            ("ingredients", "egg\n" * 501, "Write at most 500 ingredients."),
            ("ingredients", "# A\negg\n" * 51, "Write at most 50 groups."),
            ("steps", "Mix.\n\n" * 301, "Write at most 300 steps."),
            ("steps", "# A\nMix.\n\n" * 51, "Write at most 50 sections."),
            ("notes", "# A\nb\n" * 21, "Write at most 20 notes."),
        ],
    )
    def test_more_than_a_recipe_holds_is_refused(
        self, field: str, text: str, sentence: str
    ) -> None:
        assert refused(**{field: text}) == {field: sentence}

    def test_lines_that_repeat_stay_in_their_order(self) -> None:
        old, new = ["a", *["salt"] * 400, "b"], ["c", *["salt"] * 400, "d"]
        assert recipe_text.origins(new, old) == [None, *range(1, 401), None]

    def test_a_line_reworded_between_its_neighbours_is_that_line(self) -> None:
        old = ["2 eggs", "1 cup oat milk", "salt"]
        assert recipe_text.origins(["salt", "2 eggs", "2 cups oat milk"], old) == [2, 0, 1]


class TestNotesAndTags:
    def test_headings_begin_notes(self) -> None:
        members = typed(dict(recipe_form.EMPTY), notes="Less sugar.\n\nReally.\n# Storing\nCold.")
        assert members["notes"] == [
            {"title": None, "text": "Less sugar.\n\nReally."},
            {"title": "Storing", "text": "Cold."},
        ]

    def test_a_known_tag_keeps_its_kind_and_a_new_one_is_free(self, full: Json) -> None:
        members = typed(full, tags="dessert, Sunday, , Christmas")
        assert members["tags"] == [
            {"name": "Dessert", "kind": "course"},
            {"name": "Sunday"},
            {"name": "Christmas"},
        ]

    def test_a_name_with_a_comma_is_quoted(self) -> None:
        tags = [{"kind": "free", "name": "Salt, pepper"}, {"kind": "free", "name": "Egg"}]
        assert recipe_parts.tags_text(tags) == '"Salt, pepper", Egg'
