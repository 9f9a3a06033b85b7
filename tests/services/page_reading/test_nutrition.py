import pytest

from potluck.domain.page_recipe import PageNutrition
from potluck.services.page_reading.nutrition import read_nutrition


class TestValues:
    @pytest.mark.parametrize(
        ("name", "text", "code", "value"),
        [
            ("calories", "250 calories", "energy", ("250", "kcal")),
            ("calories", "1,234 kcal", "energy", ("1234", "kcal")),
            ("calories", "1046 kJ", "energy", ("1046", "kJ")),
            ("calories", "320", "energy", ("320", "kcal")),
            ("fatContent", "9 grams fat", "fat", ("9", "g")),
            ("fatContent", "9,5 g", "fat", ("9.5", "g")),
            ("fatContent", "0.125 g", "fat", ("0.125", "g")),
            ("saturatedFatContent", "3g", "saturated_fat", ("3", "g")),
            ("fiberContent", "0 g", "fiber", ("0", "g")),
            ("sodiumContent", "1161 mg", "sodium", ("1161", "mg")),
            ("sodiumContent", "0.4 g", "sodium", ("0.4", "g")),
            ("cholesterolContent", "207", "cholesterol", ("207", "mg")),
            ("proteinContent", "31.50 g", "protein", ("31.5", "g")),
        ],
    )
    def test_number_and_unit_are_taken_apart(
        self, name: str, text: str, code: str, value: tuple[str, str]
    ) -> None:
        assert read_nutrition({name: text}) == PageNutrition("per_serving", {code: value})

    def test_what_is_no_number_is_absent_not_zero(self) -> None:
        read = read_nutrition({"calories": "100 kcal", "fatContent": "traces", "sugarContent": ""})
        assert read == PageNutrition("per_serving", {"energy": ("100", "kcal")})

    def test_nothing_readable_is_none(self) -> None:
        assert read_nutrition({"fatContent": "low", "@type": "NutritionInformation"}) is None


class TestBasis:
    @pytest.mark.parametrize("size", ["100 g", "100g", "per 100 ml"])
    def test_a_serving_of_100_g_makes_it_per_100_g(self, size: str) -> None:
        read = read_nutrition({"calories": "90 kcal", "servingSize": size})
        assert read is not None
        assert read.basis == "per_100g"

    @pytest.mark.parametrize("size", ["1 portion", "1100 g", ""])
    def test_else_it_is_per_serving(self, size: str) -> None:
        read = read_nutrition({"calories": "90 kcal", "servingSize": size})
        assert read is not None
        assert read.basis == "per_serving"
