from fractions import Fraction

import pytest

from potluck.domain.line_text import MAX_LENGTH, Amount, LineParts, write
from potluck.domain.quantity import Quantity, QuantityKind

HALF, ONE, TWO = Fraction(1, 2), Fraction(1), Fraction(2)


def quantity(
    kind: QuantityKind, low: Fraction | None = None, high: Fraction | None = None
) -> Quantity:
    return Quantity(kind, low, high)


def exactly(number: Fraction) -> Quantity:
    return quantity("exact", number, number)


class TestWrite:
    @pytest.mark.parametrize(
        ("parts", "line"),
        [
            (LineParts(quantity("none"), None, "salt"), "salt"),
            (LineParts(quantity("to_taste"), None, "salt"), "salt, to taste"),
            (LineParts(exactly(TWO), None, "eggs", preparation="beaten"), "2 eggs, beaten"),
            (
                LineParts(
                    quantity("range", Fraction(3, 2), TWO), "cup", "flour", preparation="sifted"
                ),
                "1 1/2-2 cups flour, sifted",
            ),
            (LineParts(exactly(HALF), "cup", "milk"), "1/2 cup milk"),
            (LineParts(exactly(ONE), "cup", "milk"), "1 cup milk"),
            (LineParts(quantity("about", TWO, TWO), "handful", "peas"), "about 2 handfuls peas"),
            (LineParts(quantity("up_to", None, TWO), "leaf", "sage"), "up to 2 leaves sage"),
            (LineParts(quantity("at_least", TWO), "pinch", "salt"), "at least 2 pinches salt"),
            (LineParts(exactly(Fraction(200)), "g", "butter"), "200 g butter"),
            (
                LineParts(exactly(TWO), "tin", "tomatoes", package=Amount(Fraction(400), "g")),
                "2 (400 g) tins tomatoes",
            ),
            (
                LineParts(exactly(ONE), "cup", "oil", plus=(Amount(TWO, "tbsp"),)),
                "1 cup plus 2 tbsp oil",
            ),
            (
                LineParts(exactly(ONE), None, "eggs", plus=(Amount(TWO, None),)),
                "1 plus 2 eggs",
            ),
            (
                LineParts(exactly(ONE), None, "chilli", note="or more", is_optional=True),
                "1 chilli (or more) (optional)",
            ),
        ],
    )
    def test_puts_the_parts_in_the_order_of_english(self, parts: LineParts, line: str) -> None:
        assert write(parts, language="en-GB") == line

    def test_units_of_other_languages_are_left_alone(self) -> None:
        parts = LineParts(exactly(TWO), "can", "çay")
        assert write(parts, language="tr") == "2 can çay"

    def test_is_cut_where_original_text_ends(self) -> None:
        parts = LineParts(quantity("none"), None, "x" * 1000, preparation="y" * 500)
        assert write(parts, language="en") == "x" * MAX_LENGTH
