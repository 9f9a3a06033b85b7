"""Recipes as text fields, and back: nothing that nobody touched is lost."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.schemas import RecipeCreate
from potluck.services import documents
from potluck.web import recipe_form, recipe_parts
from tests.recipe_bodies import BAKING, FLOUR, bodies, full_body
from tests.web import answers

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


@pytest.fixture
def full() -> Json:
    return answered(full_body())


class TestUntouched:
    def test_a_form_that_nobody_touched_changes_nothing(self, full: Json) -> None:
        assert typed(full) == full

    @settings(max_examples=60, deadline=None)
    @given(bodies())
    def test_lists_are_read_back_as_they_were(self, body: Json) -> None:
        recipe = answered(body)
        for write, read, name in (
            (recipe_parts.ingredients_text, recipe_parts.read_ingredients, "ingredient_groups"),
            (recipe_parts.steps_text, recipe_parts.read_steps, "sections"),
            (recipe_parts.notes_text, recipe_parts.read_notes, "notes"),
        ):
            text = write(recipe[name])
            assert read(text, recipe[name]) == [each for each in recipe[name] if holds(each)]

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.text(alphabet='ab ,"#é', min_size=1).filter(str.strip), max_size=4))
    def test_tags_are_read_back_as_they_were(self, names: list[str]) -> None:
        tags = [{"kind": "course", "name": " ".join(name.split())} for name in names]
        assert recipe_parts.read_tags(recipe_parts.tags_text(tags), tags) == tags


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


class TestSmallFields:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("45", (2700, 2700)),
            ("1 h 20 min", (4800, 4800)),
            ("10-15 min", (600, 900)),
            ("half an hour", (1800, 1800)),
        ],
    )
    def test_times_are_read_as_people_say_them(self, text: str, seconds: tuple[int, int]) -> None:
        time = typed(dict(recipe_form.EMPTY), prep=text)["times"]["prep"]
        assert (time["min_s"], time["max_s"]) == seconds

    def test_a_time_may_go(self, full: Json) -> None:
        assert typed(full, cook="", rest="")["times"] == {
            **full["times"],
            "cook": None,
            "rest": None,
        }

    @pytest.mark.parametrize("text", ["soon", "90 d", "a while"])
    def test_what_is_no_time_is_refused(self, text: str) -> None:
        assert refused(cook=text) == {"cook": "Write a time like 45 min or 1 h 30 min."}

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("4", {"servings": "4"}),
            ("2 1/2", {"servings": "2 1/2"}),
            ("½", {"servings": "1/2"}),
            ("6 people", {"servings": "6"}),
            ("24 cookies", {"amount": "24", "noun": "cookies"}),
        ],
    )
    def test_servings_are_a_number_or_what_it_makes(self, text: str, expected: Json) -> None:
        yields = typed(dict(recipe_form.EMPTY), servings=text)["yields"]
        assert {name: value for name, value in yields.items() if value is not None} == expected

    @pytest.mark.parametrize("text", ["many", "0", "-"])
    def test_what_is_no_number_is_refused(self, text: str) -> None:
        assert refused(servings=text)["servings"].startswith("Write a number")

    def test_other_servings_keep_what_else_is_known_of_the_yield(self, full: Json) -> None:
        yields = typed(full, servings="12")["yields"]
        assert yields == {**full["yields"], "servings": "12", "original_text": None}

    def test_another_address_is_another_page(self, full: Json) -> None:
        assert typed(full, source_url="https://example.org/other")["source"] == {
            **full["source"],
            "url_original": "https://example.org/other",
        }

    def test_a_line_break_in_a_title_is_kept_while_nobody_touches_it(self) -> None:
        recipe = answered({"title": "Apple\ncake"})
        assert recipe_form.texts(recipe)["title"] == "Apple cake"
        assert typed(recipe, summary="Good.")["title"] == "Apple\ncake"


class TestWhere:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            (("title",), ("title", "")),
            (
                ("ingredient_groups", 0, "lines", 2, "original_text"),
                ("ingredients", "Ingredient 3: "),
            ),
            (("ingredient_groups", 1, "lines", 0), ("ingredients", "Ingredient 4: ")),
            (("ingredient_groups", 1, "name"), ("ingredients", "")),
            (("ingredient_groups",), ("ingredients", "")),
            (("sections", 0, "steps", 0, "text"), ("steps", "Step 1: ")),
            (("tags", 0, "name"), ("tags", "Tag 1: ")),
            (("notes", 0, "text"), ("notes", "Note 1: ")),
            (("times", "prep", "min_s"), ("prep", "")),
            (("yields", "servings"), ("servings", "")),
            (("source", "url_original"), ("source_url", "")),
            (("source", "author"), ("source_author", "")),
            (("nutrition", "basis"), ("", "")),
            ((), ("", "")),
        ],
    )
    def test_a_member_belongs_to_a_field(
        self, full: Json, path: tuple[str | int, ...], expected: tuple[str, str]
    ) -> None:
        assert recipe_form.locate(full)(path) == expected
