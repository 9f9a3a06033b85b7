import json
from fractions import Fraction

import pytest

from potluck.domain.page_recipe import (
    PageNutrition,
    PageRecipe,
    PageStep,
    PageTime,
    PageTimes,
    PageWarning,
    PageYield,
)

FULL = PageRecipe(
    method="json-ld",
    title="Plum crumble",
    summary="Two\nlines",
    language="en",
    image_url="https://a.example/i.jpg",
    canonical_url="https://a.example/",
    site="A",
    author="Mara",
    groups=((None, ("plums",)), ("Crumble", ("flour", "butter"))),
    sections=(("Crumble", (PageStep("Rub.", "Crumbs"), PageStep("Bake."))),),
    times=PageTimes(prep=PageTime(600, 900, "10-15 min"), cook=PageTime(original_text="a while")),
    yields=PageYield(Fraction(28, 3), Fraction(1, 3), "cake", "9 1/3"),
    nutrition=PageNutrition("per_serving", {"fat": ("9.5", "g")}),
    tags=(("course", "Dessert"),),
    equipment=("dish",),
    notes=("Apples work too.",),
    warnings=(PageWarning("time_unreadable", "/times/cook", "No."),),
)


class TestPlainForm:
    @pytest.mark.parametrize("recipe", [FULL, PageRecipe(method="opengraph")])
    def test_comes_back_from_json_as_it_was(self, recipe: PageRecipe) -> None:
        sent = json.loads(json.dumps(recipe.to_plain()))
        assert PageRecipe.from_plain(sent) == recipe

    def test_holds_no_float(self) -> None:
        def refuse(text: str) -> float:
            raise AssertionError(text)

        json.loads(json.dumps(FULL.to_plain()), parse_float=refuse)

    @pytest.mark.parametrize("plain", [{}, {"method": "site"}, FULL.to_plain() | {"yields": "4"}])
    def test_anything_else_is_refused(self, plain: dict[str, object]) -> None:
        with pytest.raises((KeyError, TypeError, ValueError)):
            PageRecipe.from_plain(plain)


class TestFlatViews:
    def test_lines_and_steps_leave_headings_out(self) -> None:
        assert FULL.lines == ("plums", "flour", "butter")
        assert FULL.steps == ("Rub.", "Bake.")
