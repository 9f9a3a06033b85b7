from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain.page_recipe import (
    PageNutrition,
    PageRecipe,
    PageStep,
    PageTime,
    PageTimes,
    PageWarning,
    PageYield,
)
from potluck.schemas.recipe import RecipeWrite
from potluck.services.drafts import STEP, Draft, draft_from, split_text

PAGE = PageRecipe(
    method="json-ld",
    title="Plum crumble",
    summary="Tart.",
    language="en",
    image_url="https://a.example/i.jpg",
    canonical_url="https://a.example/plums",
    site="A kitchen",
    author="Mara",
    groups=((None, ("plums",)), ("Crumble", ("flour",))),
    sections=(("Crumble", (PageStep("Rub.", "Crumbs"),)),),
    times=PageTimes(prep=PageTime(600, 900, "10-15 min"), cook=PageTime(original_text="a while")),
    yields=PageYield(Fraction(8), Fraction(1), "cake", "1 cake (8 slices)"),
    nutrition=PageNutrition("per_serving", {"fat": ("9.5", "g")}),
    tags=(("course", "Dessert"),),
    equipment=("dish",),
    notes=("Apples work too.",),
    warnings=(PageWarning("time_unreadable", "/times/cook", "No."),),
)


def draft(**changes: Any) -> Draft:
    made = draft_from(replace(PAGE, **changes), url_original="https://a.example/plums?x=1")
    RecipeWrite.model_validate(made.content)
    return made


class TestMembers:
    def test_everything_has_its_place(self) -> None:
        assert draft().content == {
            "title": "Plum crumble",
            "summary": "Tart.",
            "language": "en",
            "tags": [{"kind": "course", "name": "Dessert"}],
            "ingredient_groups": [
                {"name": None, "lines": [{"original_text": "plums"}]},
                {"name": "Crumble", "lines": [{"original_text": "flour"}]},
            ],
            "sections": [{"name": "Crumble", "steps": [{"title": "Crumbs", "text": "Rub."}]}],
            "times": {
                "prep": {"min_s": 600, "max_s": 900, "original_text": "10-15 min"},
                "cook": {"min_s": None, "max_s": None, "original_text": "a while"},
                "rest": None,
                "total": None,
            },
            "yields": {
                "servings": {"n": 8, "d": 1},
                "amount": {"n": 1, "d": 1},
                "noun": "cake",
                "original_text": "1 cake (8 slices)",
            },
            "source": {
                "url_original": "https://a.example/plums?x=1",
                "url_canonical": "https://a.example/plums",
                "site": "A kitchen",
                "author": "Mara",
                "licence_note": None,
            },
            "image_url": "https://a.example/i.jpg",
            "equipment": ["dish"],
            "nutrition": {
                "basis": "per_serving",
                "source": "imported",
                "values": {"fat": {"amount": "9.5", "unit": "g"}},
                "coverage": None,
            },
            "notes": [{"title": None, "text": "Apples work too."}],
        }

    def test_warnings_of_the_reading_are_handed_on(self) -> None:
        expected = {"code": "time_unreadable", "pointer": "/times/cook", "detail": "No."}
        assert draft().warnings == [expected]

    def test_an_empty_page_still_makes_a_recipe(self) -> None:
        made = draft_from(PageRecipe(method="opengraph"), url_original=None)
        assert RecipeWrite.model_validate(made.content).title == "Untitled recipe"
        assert [warning["code"] for warning in made.warnings] == ["title_missing"]


def codes(made: Draft) -> list[tuple[str, str]]:
    """Codes and pointers of what the draft itself warns of."""
    return [(w["code"], w["pointer"]) for w in made.warnings if w["code"] != "time_unreadable"]


class TestBounds:
    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"title": "word " * 100}, "/title"),
            ({"summary": "word " * 1000}, "/summary"),
            ({"groups": (("n" * 201, ("x",)),)}, "/ingredient_groups/0/name"),
            ({"groups": ((None, ("x", "y" * 1001)),)}, "/ingredient_groups/0/lines/1"),
            ({"sections": (("n" * 201, (PageStep("x"),)),)}, "/sections/0/name"),
            ({"sections": ((None, (PageStep("x", "t" * 201),)),)}, "/sections/0/steps/0/title"),
            ({"tags": (("free", "t" * 101),)}, "/tags/0/name"),
            ({"equipment": ("e" * 201,)}, "/equipment/0"),
            ({"notes": ("n" * 10_001,)}, "/notes/0"),
            ({"author": "a" * 301}, "/source/author"),
            ({"yields": PageYield(noun="n" * 101)}, "/yields/noun"),
            ({"yields": PageYield(original_text="n" * 201)}, "/yields/original_text"),
        ],
    )
    def test_what_is_too_long_is_cut_with_a_warning(
        self, changes: dict[str, Any], pointer: str
    ) -> None:
        assert codes(draft(**changes)) == [("text_shortened", pointer)]

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"groups": tuple((None, ("x",)) for _ in range(51))}, "/ingredient_groups"),
            ({"groups": ((None, ("x",) * 501),)}, "/ingredient_groups"),
            ({"sections": ((None, (PageStep("x"),) * 301),)}, "/sections"),
            ({"tags": tuple(("free", f"t{n}") for n in range(51))}, "/tags"),
            ({"equipment": ("e",) * 51}, "/equipment"),
            ({"notes": ("n",) * 21}, "/notes"),
        ],
    )
    def test_what_is_too_many_is_left_out_with_a_warning(
        self, changes: dict[str, Any], pointer: str
    ) -> None:
        assert codes(draft(**changes)) == [("items_left_out", pointer)]

    def test_a_cut_text_ends_between_words(self) -> None:
        title = draft(title="word " * 100).content["title"]
        assert title.endswith("word…")
        assert len(title) <= 300

    def test_what_fits_exactly_is_left_alone(self) -> None:
        made = draft(title="t" * 300, groups=((None, ("y" * 1000,)),))
        assert codes(made) == []

    def test_a_long_step_becomes_several_and_loses_nothing(self) -> None:
        text = "Stir it well. " * 2000
        made = draft(sections=((None, (PageStep(text, "Stir"), PageStep("Bake."))),))
        steps = made.content["sections"][0]["steps"]
        assert codes(made) == [("step_split", "/sections/0/steps/0")]
        assert [step["title"] for step in steps] == ["Stir", None, None, None]
        assert " ".join(step["text"] for step in steps) == text.strip() + " Bake."

    @pytest.mark.parametrize("address", ["http://[::1", "https://exa mple", "ftp://a.example"])
    def test_an_address_that_is_none_is_dropped_with_a_warning(self, address: str) -> None:
        made = draft(image_url=address)
        assert made.content["image_url"] is None
        assert codes(made) == [("address_unusable", "/image_url")]


class TestTokens:
    TOKEN = "{{line:0198c0de-0000-7000-8000-000000000000}}"

    def test_a_page_cannot_refer_to_our_lines(self) -> None:
        made = draft(sections=((None, (PageStep(f"Add {self.TOKEN} now"),)),))
        text = made.content["sections"][0]["steps"][0]["text"]
        assert text == f"Add {self.TOKEN} now".replace("{{", "{ {")

    def test_other_braces_stay(self) -> None:
        made = draft(sections=((None, (PageStep("{{7*7}}"),)),))
        assert made.content["sections"][0]["steps"][0]["text"] == "{{7*7}}"


class TestSplitText:
    @given(st.text(alphabet="ab. \n", max_size=400))
    def test_keeps_every_word_in_pieces_that_fit(self, text: str) -> None:
        pieces = split_text(text, 20)
        assert all(0 < len(piece) <= 20 for piece in pieces)
        assert "".join("".join(pieces).split()) == "".join(text.split())

    def test_prefers_line_ends(self) -> None:
        text = "a" * (STEP - 10) + "\n" + "b. " * 100
        assert split_text(text, STEP)[0] == "a" * (STEP - 10)
