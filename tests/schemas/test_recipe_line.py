from typing import Any

import pytest

from potluck.schemas import recipe as schema
from tests.recipe_bodies import Body
from tests.schemas.refusals import accepted, line_refused

A = "0192f0a1-7c5e-7d3a-9b1c-0000000000aa"


class TestQuantity:
    @pytest.mark.parametrize(
        ("quantity", "kind", "low", "high"),
        [
            ({}, "none", None, None),
            ({"min": 2}, "exact", 2, 2),
            ({"min": 2, "max": "2"}, "exact", 2, 2),
            ({"min": 1, "max": 2}, "range", 1, 2),
            ({"max": 2}, "up_to", None, 2),
            ({"kind": "about", "min": 2}, "about", 2, 2),
            ({"kind": "at_least", "min": 2}, "at_least", 2, None),
            ({"kind": "to_taste"}, "to_taste", None, None),
        ],
    )
    def test_follows_from_what_is_sent(
        self, quantity: Body, kind: str, low: int | None, high: int | None
    ) -> None:
        resolved = schema.QuantityIn.model_validate(quantity).resolved()
        assert (resolved.kind, resolved.min, resolved.max) == (kind, low, high)

    @pytest.mark.parametrize(
        "quantity",
        [
            {"min": 2, "max": 1},
            {"kind": "none", "min": 1},
            {"kind": "to_taste", "min": 1},
            {"kind": "exact"},
            {"kind": "exact", "min": 1, "max": 2},
            {"kind": "range", "min": 1, "max": 1},
            {"kind": "up_to", "min": 1, "max": 2},
            {"kind": "at_least", "max": 2},
        ],
    )
    def test_i11_that_contradicts_itself_is_refused(self, quantity: Body) -> None:
        assert line_refused(quantity=quantity) == [("/quantity", "quantity_not_consistent")]

    def test_a_float_is_refused_where_it_stands(self) -> None:
        assert line_refused(quantity={"min": 0.5}) == [("/quantity/min", "not_exact")]
        assert line_refused(package={"size": 1.5, "unit_text": "g"}) == [
            ("/package/size", "not_exact")
        ]

    def test_null_and_unknown_kinds_are_refused(self) -> None:
        assert line_refused(quantity=None) == [("/quantity", "model_type")]
        assert line_refused(quantity={"kind": None}) == [("/quantity/kind", "null_not_allowed")]
        assert line_refused(quantity={"kind": "many"}) == [("/quantity/kind", "literal_error")]


class TestLine:
    def test_needs_its_words_or_its_food(self) -> None:
        assert line_refused(food_text=None) == [("", "line_without_text")]
        assert line_refused(food_text=" ") == [("/food_text", "string_too_short")]
        assert line_refused(original_text=" ") == [("/original_text", "string_too_short")]

    @pytest.mark.parametrize("name", ["unit_id", "food_id"])
    def test_catalogue_ids_are_null_until_there_are_catalogues(self, name: str) -> None:
        assert accepted(ingredient_groups=[{"lines": [{"food_text": "x", name: None}]}])
        assert line_refused(**{name: A}) == [(f"/{name}", "none_required")]

    @pytest.mark.parametrize("parse", [None, {"confidence": 0.5}, "anything", [1.5]])
    def test_parse_is_taken_whatever_it_is(self, parse: Any) -> None:
        assert accepted(ingredient_groups=[{"lines": [{"food_text": "x", "parse": parse}]}])

    def test_kinds_that_come_later_are_refused(self) -> None:
        assert line_refused(kind="sub_recipe") == [("/kind", "literal_error")]

    @pytest.mark.parametrize(
        "parts",
        [
            {"quantity": {"min": 1}},
            {"quantity": {"kind": "to_taste"}},
            {"unit_text": "cup"},
            {"food_text": "flour"},
            {"package": {"size": 1, "unit_text": "g"}},
            {"plus": [{"amount": 1, "unit_text": "g"}]},
        ],
    )
    def test_i11_a_line_of_text_has_no_parts(self, parts: Body) -> None:
        line = {"kind": "text", "original_text": "For the glaze", "food_text": None, **parts}
        assert line_refused(**line) == [("", "text_line_with_parts")]

    def test_a_line_of_text_may_say_that_it_has_no_quantity(self) -> None:
        line = {"kind": "text", "original_text": "x", "quantity": {"kind": "none"}}
        assert accepted(ingredient_groups=[{"lines": [line]}])

    @pytest.mark.parametrize("alternative", [{"alt_group": 1}, {"alt_rank": 1}])
    def test_i11_half_an_alternative_is_refused(self, alternative: Body) -> None:
        assert line_refused(**alternative) == [("", "alternative_incomplete")]

    @pytest.mark.parametrize(
        ("number", "code"),
        [
            (-1, "greater_than_equal"),
            (100, "less_than_equal"),
            ("1", "int_type"),
            (1.0, "int_type"),
        ],
    )
    def test_i02_numbers_of_alternatives_are_0_to_99(self, number: Any, code: str) -> None:
        assert line_refused(alt_group=number, alt_rank=0) == [("/alt_group", code)]

    @pytest.mark.parametrize(
        "scaling",
        [{"kind": "stepped"}, {"kind": "linear", "step": 1}, {"kind": "fixed", "step": 1}],
    )
    def test_i11_a_step_belongs_to_stepped_scaling(self, scaling: Body) -> None:
        assert line_refused(scaling=scaling) == [("/scaling", "scaling_not_consistent")]

    def test_i11_a_step_of_zero_is_refused(self) -> None:
        scaling = {"kind": "stepped", "step": 0}
        assert line_refused(scaling=scaling) == [("/scaling/step", "not_positive")]

    def test_five_further_amounts_are_enough(self) -> None:
        amount = {"amount": 1, "unit_text": None}
        assert line_refused(plus=[amount] * 6) == [("/plus", "too_long")]
        assert line_refused(plus=[{"amount": 1}]) == [("/plus/0/unit_text", "missing")]

    @pytest.mark.parametrize("optional", [0, "yes", None])
    def test_optional_is_true_or_false(self, optional: Any) -> None:
        assert line_refused(optional=optional) == [("/optional", "bool_type")]
