import json
from fractions import Fraction
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from potluck.schemas import recipe as schema
from potluck.services import documents
from tests.recipe_bodies import (
    BAKING,
    EGGS,
    FLOUR,
    MARGARINE,
    Body,
    bodies,
    floats_in,
    full_body,
    some_ids,
)

# Drawing a whole recipe takes long beside the examples that hypothesis is used to.
whole_recipes = settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)


def build(body: Body, *, tag_ids: list[UUID] | None = None) -> schema.RecipeDocument:
    return documents.build(
        schema.RecipeCreate.model_validate(body),
        language="en",
        status="published",
        visibility="household",
        tag_ids=tag_ids or [],
    )


def patch(previous: schema.RecipeDocument, body: Body) -> schema.RecipeDocument:
    update = schema.RecipeUpdate.model_validate(body)
    return documents.patch(previous, update, tag_ids=previous.tag_ids)


def writable(document: schema.RecipeDocument) -> Body:
    """What a client gets to see of a document and may send back."""
    body: Body = json.loads(documents.canonical_json(document))
    del body["schema_version"], body["tag_ids"]
    return body


def first_line(document: schema.RecipeDocument) -> schema.IngredientLine:
    return document.ingredient_groups[0].lines[0]


class TestBuild:
    def test_a_title_alone_makes_a_whole_document(self) -> None:
        document = build({"title": "Cake"})
        assert json.loads(documents.canonical_json(document)) == {
            "schema_version": 1,
            "title": "Cake",
            "summary": None,
            "language": "en",
            "status": "published",
            "visibility": "household",
            "tag_ids": [],
            "ingredient_groups": [],
            "sections": [],
            "times": {"prep": None, "cook": None, "rest": None, "total": None},
            "yields": {"servings": None, "amount": None, "noun": None, "original_text": None},
            "source": {
                "url_original": None,
                "url_canonical": None,
                "site": None,
                "author": None,
                "licence_note": None,
            },
            "image_url": None,
            "equipment": [],
            "nutrition": None,
            "notes": [],
        }

    def test_what_the_household_decides_wins_over_what_was_sent(self) -> None:
        document = build({"title": "Cake", "language": "fr", "status": "draft"})
        assert (document.language, document.status) == ("en", "published")

    def test_tags_are_kept_once_in_order(self) -> None:
        first, second = some_ids(2)
        assert build({"title": "x"}, tag_ids=[second, first, second]).tag_ids == [second, first]

    def test_ids_are_made_where_they_are_left_out_and_kept_where_they_are_given(self) -> None:
        document = build(full_body())
        lines = document.ingredient_groups[0].lines
        assert [str(line.id) for line in lines] == [FLOUR, EGGS, MARGARINE]
        made = [
            document.ingredient_groups[0].id,
            document.ingredient_groups[1].lines[0].id,
            document.sections[0].id,
            document.sections[0].steps[0].id,
            document.notes[0].id,
        ]
        assert len({*made}) == len(made)
        assert {id.version for id in made} == {7}

    def test_defaults_inside_steps_and_times_are_filled_in(self) -> None:
        document = build(full_body())
        (step,) = document.sections[0].steps
        assert [used.share for used in step.ingredients] == [Fraction(1, 2), Fraction(1)]
        (timer,) = step.timers
        assert (str(timer.id), timer.min_s, timer.max_s) == (BAKING, 1800, 1800)
        assert timer.source == "typed"
        assert document.times.prep == schema.TimeRange(min_s=600, max_s=600, original_text=None)
        assert document.times.rest == schema.TimeRange(
            min_s=None, max_s=None, original_text="a good while"
        )

    def test_nothing_is_invented_for_a_line_without_an_amount(self) -> None:
        body = {"title": "x", "ingredient_groups": [{"lines": [{"food_text": "salt"}]}]}
        line = first_line(build(body))
        assert line.quantity == schema.Quantity(kind="none", min=None, max=None)
        assert (line.unit_text, line.package, line.plus) == (None, None, [])
        assert line.scaling == schema.Scaling(kind="linear", step=None)
        assert line.original_text == "salt"

    def test_parse_is_ignored(self) -> None:
        assert build(full_body()).ingredient_groups[0].lines[2].parse is None

    def test_text_that_looks_like_a_template_stays_text(self) -> None:
        assert build(full_body()).sections[0].steps[0].text.endswith(" {{7*7}}")

    def test_tokens_name_their_ids_in_lower_case(self) -> None:
        body = full_body()
        body["sections"][0]["steps"][0]["text"] = f"Mix {{{{line:{FLOUR.upper()}}}}}"
        assert build(body).sections[0].steps[0].text == f"Mix {{{{line:{FLOUR}}}}}"


class TestOriginalText:
    def test_is_written_from_the_parts_when_it_is_left_out(self) -> None:
        assert first_line(build(full_body())).original_text == "1 1/2-2 cups flour, sifted"

    def test_is_kept_byte_for_byte_when_it_is_given(self) -> None:
        line = build(full_body()).ingredient_groups[0].lines[2]
        assert line.original_text == "  or 2 (90\u00a0g) tubs  cre\u0300me  "
        assert line.food_text == "cr\u00e8me"

    def test_is_written_once_and_not_again_when_the_parts_change(self) -> None:
        before = build(full_body())
        groups = writable(before)["ingredient_groups"]
        groups[0]["lines"][0]["food_text"] = "rye flour"
        after = patch(before, {"ingredient_groups": groups})
        assert first_line(after).food_text == "rye flour"
        assert first_line(after).original_text == "1 1/2-2 cups flour, sifted"


class TestPatch:
    def test_members_that_are_not_named_stay_the_same_objects(self) -> None:
        before = build(full_body())
        after = patch(before, {"title": "Pear cake"})
        assert after.title == "Pear cake"
        assert before.title == "Apple cake"
        assert after.sections is before.sections

    def test_a_member_is_replaced_whole(self) -> None:
        before = build(full_body())
        after = patch(before, {"yields": {"noun": "loaf"}, "times": {"total": {"min_s": 60}}})
        assert after.yields == schema.Yields(
            servings=None, amount=None, noun="loaf", original_text=None
        )
        assert after.times.prep is None

    def test_null_clears_where_null_is_allowed(self) -> None:
        after = patch(build(full_body()), {"summary": None, "nutrition": None, "image_url": None})
        assert (after.summary, after.nutrition, after.image_url) == (None, None, None)

    def test_tags_are_those_given_each_once(self) -> None:
        first, second = some_ids(2)
        before = build(full_body(), tag_ids=[first])
        update = schema.RecipeUpdate.model_validate({"tags": [{"name": "Soup"}]})
        given = [second, first, second]
        assert documents.patch(before, update, tag_ids=given).tag_ids == [second, first]
        assert documents.patch(before, update, tag_ids=[]).tag_ids == []

    def test_new_lines_are_written_in_the_language_that_the_recipe_gets(self) -> None:
        line = {"food_text": "flour", "quantity": {"min": 2}, "unit_text": "cup"}
        update = {"ingredient_groups": [{"lines": [line]}], "sections": []}
        before = build(full_body())
        assert first_line(patch(before, update)).original_text == "2 cups flour"
        assert first_line(patch(before, update | {"language": "de"})).original_text == "2 cup flour"

    def test_the_same_content_is_the_same_document(self) -> None:
        before = build(full_body())
        assert documents.is_same(patch(before, writable(before)), before)
        assert not documents.is_same(patch(before, {"title": "Pie"}), before)

    def test_an_equal_number_with_more_digits_is_another_document(self) -> None:
        body = full_body()
        before = build(body)
        body["nutrition"]["values"]["energy"]["amount"] = "731.5"
        after = patch(before, {"nutrition": body["nutrition"]})
        assert after == before
        assert not documents.is_same(after, before)


class TestCanonicalJson:
    def test_has_sorted_members_no_white_space_and_plain_letters(self) -> None:
        text = documents.canonical_json(build({"title": "Crème 🍰"}))
        assert text.startswith('{"equipment":[],"image_url":null,"ingredient_groups":[],')
        assert '"title":"Crème 🍰"' in text

    def test_writes_exact_numbers_as_two_integers_and_decimals_as_text(self) -> None:
        body = json.loads(documents.canonical_json(build(full_body())))
        line = body["ingredient_groups"][0]["lines"][0]
        assert line["quantity"] == {
            "kind": "range",
            "min": {"n": 3, "d": 2},
            "max": {"n": 2, "d": 1},
        }
        assert body["nutrition"]["values"] == {"energy": {"amount": "731.50", "unit": "kcal"}}
        assert body["nutrition"]["coverage"] == {"lines": "0.75", "mass": None}

    def test_is_the_same_whatever_the_order_in_which_members_were_sent(self) -> None:
        lines = [{"id": FLOUR, "food_text": "flour", "note": "fine"}]
        group = {"id": EGGS, "lines": lines, "name": "Dough"}
        backwards = {"name": "Dough", "lines": [dict(reversed(lines[0].items()))], "id": EGGS}
        one = build({"title": "x", "ingredient_groups": [group]})
        other = build({"ingredient_groups": [backwards], "title": "x"})
        assert documents.canonical_json(one) == documents.canonical_json(other)

    def test_the_fingerprint_is_the_sha_256_of_the_text_in_utf_8(self) -> None:
        """`printf 'Crème' | sha256sum`"""
        digest = "dd9dae426beef0c1fae7a3d609b701ebfba42bb29449b634f4fb1ddea198a805"
        assert documents.sha256("Crème") == digest


class TestContent:
    def test_gives_every_writable_member_but_the_tags(self) -> None:
        document = build(full_body())
        members = documents.content(document)
        assert members.keys() | {"tags"} == schema.RecipeWrite.model_fields.keys()
        state = schema.RecipeState(**members, tags=[])
        assert state.model_dump(mode="json") == {**writable(document), "tags": []}


class TestTotalTime:
    @pytest.mark.parametrize(
        ("times", "seconds"),
        [
            ({}, None),
            ({"total": {"min_s": 60, "max_s": 90}, "prep": {"min_s": 5}}, 90),
            ({"prep": {"min_s": 60, "max_s": 90}, "rest": {"min_s": 10}}, 100),
            ({"prep": {"min_s": 0}}, 0),
            ({"total": {"min_s": 0}, "cook": {"min_s": 60}}, 0),
            ({"total": {"min_s": None, "original_text": "long"}}, None),
            (
                {"total": {"min_s": None, "original_text": "long"}, "cook": {"min_s": 60}},
                60,
            ),
            (
                {"prep": {"min_s": None, "original_text": "a bit"}, "cook": {"min_s": 60}},
                60,
            ),
        ],
    )
    def test_is_the_total_else_the_sum_of_what_is_known(
        self, times: Body, seconds: int | None
    ) -> None:
        assert documents.total_time_s(build({"title": "x", "times": times})) == seconds


class TestJsonSchema:
    # Loaded by name because the package comes without types.
    VALIDATOR = import_module("jsonschema").Draft202012Validator
    SENT = VALIDATOR(schema.RecipeCreate.model_json_schema())
    ANSWERED = VALIDATOR(schema.RecipeState.model_json_schema(mode="serialization"))

    @whole_recipes
    @given(bodies())
    def test_describes_what_is_taken_and_what_is_answered(self, body: Body) -> None:
        self.SENT.validate(body)
        self.ANSWERED.validate(writable(build(body)) | {"tags": []})


class TestAnyRecipe:
    @whole_recipes
    @given(bodies())
    def test_builds_and_is_read_back_to_the_same_json_without_a_float(self, body: Body) -> None:
        document = build(body)
        text = documents.canonical_json(document)
        again = schema.RecipeDocument.model_validate_json(text)
        assert again == document
        assert documents.canonical_json(again) == text
        plain: Any = json.loads(text)
        assert floats_in(plain) == []

    @whole_recipes
    @given(bodies())
    def test_sent_back_as_it_was_answered_changes_nothing(self, body: Body) -> None:
        before = build(body)
        assert documents.is_same(patch(before, writable(before)), before)
        assert documents.is_same(build(writable(before)), before)

    @whole_recipes
    @given(bodies())
    def test_what_was_sent_as_original_text_is_stored_untouched(self, body: Body) -> None:
        sent = [line.get("original_text") for line in body["ingredient_groups"][0]["lines"]]
        stored = [line.original_text for line in build(body).ingredient_groups[0].lines]
        assert all(1 <= len(text) <= 1000 for text in stored)
        assert [text or kept for text, kept in zip(sent, stored, strict=True)] == stored
