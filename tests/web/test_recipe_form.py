"""Recipes as text fields, and back: nothing that nobody touched is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.web import recipe_form, recipe_parts
from tests.recipe_bodies import bodies, full_body
from tests.web.recipe_fields import Json, answered, holds, refused, typed


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
