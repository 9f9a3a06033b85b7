import pytest

from tests.recipe_bodies import Body
from tests.schemas.refusals import accepted, refused

A = "0192f0a1-7c5e-7d3a-9b1c-0000000000aa"


class TestStep:
    @pytest.mark.parametrize(
        ("step", "error"),
        [
            ({}, ("/text", "missing")),
            ({"text": " "}, ("/text", "string_too_short")),
            ({"text": "x", "active_s": -1}, ("/active_s", "greater_than_equal")),
            ({"text": "x", "passive_s": 2_592_001}, ("/passive_s", "less_than_equal")),
            ({"text": "x", "passive_s": 1.5}, ("/passive_s", "int_type")),
            ({"text": "x", "timers": [{}]}, ("/timers/0/min_s", "missing")),
            ({"text": "x", "timers": [{"min_s": 0}]}, ("/timers/0/min_s", "greater_than_equal")),
            (
                {"text": "x", "timers": [{"min_s": 2, "max_s": 1}]},
                ("/timers/0", "min_above_max"),
            ),
            (
                {"text": "x", "timers": [{"min_s": 2, "source": "guessed"}]},
                ("/timers/0/source", "literal_error"),
            ),
            (
                {"text": "x", "timers": [{"min_s": 2, "label": "x" * 101}]},
                ("/timers/0/label", "string_too_long"),
            ),
            ({"text": "x", "timers": [{"min_s": 1}] * 51}, ("/timers", "too_long")),
            ({"text": "x", "ingredients": [{"line_id": A}] * 501}, ("/ingredients", "too_long")),
            ({"text": "x", "ingredients": [{}]}, ("/ingredients/0/line_id", "missing")),
            (
                {"text": "x", "ingredients": [{"line_id": A, "share": 0}]},
                ("/ingredients/0/share", "not_a_share"),
            ),
            (
                {"text": "x", "ingredients": [{"line_id": A, "share": "1 1/2"}]},
                ("/ingredients/0/share", "not_a_share"),
            ),
            (
                {"text": "x", "ingredients": [{"line_id": "1"}]},
                ("/ingredients/0/line_id", "uuid_parsing"),
            ),
        ],
    )
    def test_i11_that_breaks_a_rule_is_refused(self, step: Body, error: tuple[str, str]) -> None:
        pointer, code = error
        found = refused(sections=[{"steps": [step]}])
        assert found == [(f"/sections/0/steps/0{pointer}", code)]


class TestTimes:
    @pytest.mark.parametrize(
        "time",
        [
            None,
            {"min_s": 0},
            {"min_s": 60, "max_s": 60},
            {"min_s": 60, "max_s": 2_592_000, "original_text": "long"},
            {"min_s": None, "original_text": "a while"},
            {"min_s": None, "max_s": None, "original_text": "a while"},
        ],
    )
    def test_known_unknown_and_unreadable_times_are_taken(self, time: Body | None) -> None:
        assert accepted(times={"prep": time})

    @pytest.mark.parametrize(
        ("time", "pointer", "code"),
        [
            ({}, "/min_s", "missing"),
            ({"max_s": 60}, "/min_s", "missing"),
            ({"min_s": -1}, "/min_s", "greater_than_equal"),
            ({"min_s": 2_592_001}, "/min_s", "less_than_equal"),
            ({"min_s": "PT1H"}, "/min_s", "int_type"),
            ({"min_s": 61, "max_s": 60}, "", "min_above_max"),
            ({"min_s": None}, "", "time_without_min"),
            ({"min_s": None, "original_text": " "}, "", "time_without_min"),
            ({"min_s": None, "max_s": 60, "original_text": "x"}, "", "time_without_min"),
            ({"min_s": 60, "max_s": None}, "", "time_without_max"),
        ],
    )
    def test_i11_other_times_are_refused(self, time: Body, pointer: str, code: str) -> None:
        assert refused(times={"total": time}) == [(f"/times/total{pointer}", code)]


class TestNutrition:
    @pytest.mark.parametrize(
        ("change", "pointer", "code"),
        [
            ({"basis": "per_slice"}, "/basis", "literal_error"),
            ({"source": "guessed"}, "/source", "literal_error"),
            (
                {"values": {"joy": {"amount": "1", "unit": "g"}}},
                "/values/joy/[key]",
                "literal_error",
            ),
            ({"values": {"fat": {"amount": 7.5, "unit": "g"}}}, "/values/fat/amount", "not_exact"),
            (
                {"values": {"fat": {"amount": "-7", "unit": "g"}}},
                "/values/fat/amount",
                "not_a_decimal",
            ),
            ({"values": {"fat": {"amount": "7"}}}, "/values/fat/unit", "missing"),
            (
                {"values": {f"n{number}": None for number in range(13)}},
                "/values",
                "too_many_nutrients",
            ),
            ({"coverage": {"lines": "1.1"}}, "/coverage/lines", "not_a_fraction_of_one"),
        ],
    )  # fmt: skip
    def test_that_breaks_a_rule_is_refused(self, change: Body, pointer: str, code: str) -> None:
        body = {"basis": "per_serving", "source": "manual", "values": {}, **change}
        assert refused(nutrition=body) == [(f"/nutrition{pointer}", code)]
