from typing import Any

import pytest

from potluck.domain.page_recipe import PageStep, Section
from potluck.services.page_reading.instructions import read_instructions


def steps(*texts: str) -> tuple[PageStep, ...]:
    return tuple(PageStep(text) for text in texts)


class TestShapes:
    @pytest.mark.parametrize(
        "value",
        [
            ["Mix.", "Bake."],
            [{"@type": "HowToStep", "text": "Mix."}, {"@type": "HowToStep", "text": "Bake."}],
            [{"@type": "HowToStep", "name": "Mix."}, {"@type": "HowToStep", "name": "Bake."}],
            {"@type": "ItemList", "itemListElement": ["Mix.", "Bake."]},
            [["Mix."], ["Bake."]],
            ["Mix.", {"@type": "HowToStep", "text": "Bake."}],
            [{"itemListElement": {"@type": "HowToTip", "text": t}} for t in ("Mix.", "Bake.")],
            "Mix.\nBake.",
            "<ol><li>Mix.</li><li>Bake.</li></ol>",
            ["<p>Mix.</p><p>Bake.</p>"],
            "1. Mix. 2. Bake.",
            "Method: Mix.\nBake.",
            ["1. Mix.", "2. Bake."],
            ["Step 1: Mix.", "Step 2: Bake."],
            ["Step 1", "Mix.", "Step 2", "Bake."],
            ["Zubereitung", "Mix.", "Bake."],
            [{"name": "Step 1", "text": "Mix."}, {"name": 2, "text": "Bake."}],
        ],
    )  # fmt: skip
    def test_all_give_the_same_steps(self, value: Any) -> None:
        assert read_instructions(value) == ((None, steps("Mix.", "Bake.")),)

    @pytest.mark.parametrize("value", [None, "", [], {}, [None, 3, ""], {"@type": "HowToStep"}])
    def test_nothing_gives_no_section(self, value: Any) -> None:
        assert read_instructions(value) == ()

    def test_glued_sentences_of_a_lone_text_are_cut(self) -> None:
        text = "Fry the onion until soft.Add the rice and stir.Serve."
        assert read_instructions(text) == (
            (None, steps("Fry the onion until soft.", "Add the rice and stir.", "Serve.")),
        )

    def test_line_ends_inside_one_of_several_steps_stay_inside(self) -> None:
        value = ["Mix.\nRest.", "Bake."]
        assert read_instructions(value) == ((None, steps("Mix.\nRest.", "Bake.")),)

    def test_numbers_that_do_not_count_steps_stay(self) -> None:
        value = ["2 eggs go in first.", "1 more follows."]
        assert read_instructions(value) == ((None, steps(*value)),)


class TestSections:
    EXPECTED: tuple[Section, ...] = (
        ("Dough", steps("Knead.")),
        ("Sauce", steps("Stir.", "Taste.")),
    )

    def test_sections_keep_their_names(self) -> None:
        value = [
            {"@type": "HowToSection", "name": "Dough", "itemListElement": ["Knead."]},
            {"@type": "HowToSection", "name": "Sauce", "itemListElement": ["Stir.", "Taste."]},
        ]
        assert read_instructions(value) == self.EXPECTED

    def test_lines_that_end_with_a_colon_are_names(self) -> None:
        value = ["For the dough:", "Knead.", "For the sauce:", "Stir.", "Taste."]
        names = [name for name, _ in read_instructions(value)]
        assert names == ["For the dough:", "For the sauce:"]

    def test_steps_after_a_section_are_not_in_it(self) -> None:
        value = [{"@type": "HowToSection", "name": "Dough", "itemListElement": ["Knead."]}, "Bake."]
        assert read_instructions(value) == (("Dough", steps("Knead.")), (None, steps("Bake.")))

    def test_a_name_of_its_own_is_the_title_of_its_step(self) -> None:
        value = [
            {"@type": "HowToStep", "name": "Mix", "text": "Stir all of it."},
            {"@type": "HowToStep", "name": "Bake it", "text": "Bake it for an hour."},
        ]
        assert read_instructions(value) == (
            (None, (PageStep("Stir all of it.", "Mix"), PageStep("Bake it for an hour."))),
        )
