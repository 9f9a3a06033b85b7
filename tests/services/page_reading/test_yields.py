# ruff: noqa: RUF001  pages use dashes and quotes that look like ours
from fractions import Fraction

import pytest

from potluck.domain.page_recipe import PageYield
from potluck.services.page_reading.yields import read_yields


class TestServings:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("4 servings", 4),
            ("4", 4),
            ("Serves 4", 4),
            ("Yield: 10", 10),
            ("für 4 Personen", 4),
            ("pour 6 personnes", 6),
            ("para 4 personas", 4),
            ("6 porções", 6),
            ("4 adag", 4),
            ("Voor 4 personen", 4),
            ("4 порции", 4),
            ("4人分", 4),
        ],
    )
    def test_people_are_counted_in_many_languages(self, text: str, number: int) -> None:
        assert read_yields([text]) == PageYield(servings=Fraction(number), original_text=text)

    @pytest.mark.parametrize(
        "text", ["Serves 4-6", "4 to 6 servings", "4 – 6", "4 bis 6 Portionen"]
    )
    def test_a_range_counts_by_its_upper_end(self, text: str) -> None:
        assert read_yields([text]) == PageYield(servings=Fraction(6), original_text=text)


class TestAmount:
    @pytest.mark.parametrize(
        ("text", "amount", "noun"),
        [
            ("Makes 24 cookies", "24", "cookies"),
            ("1 1/2 cups", "3/2", "cups"),
            ("about 2 dozen", "2", "dozen"),
            ("12 Stück", "12", "Stück"),
            ("1 (9-inch) pie", "1", "pie"),
            ("Makes: 1 large loaf", "1", "loaf"),
            ("2 12-inch pizzas", "2", "pizzas"),
        ],
    )
    def test_a_noun_beside_the_number_is_kept(self, text: str, amount: str, noun: str) -> None:
        expected = PageYield(amount=Fraction(amount), noun=noun, original_text=text)
        assert read_yields([text]) == expected

    @pytest.mark.parametrize(
        "text", ["1 cake (8 slices)", "1 cake, 8 servings", "1 cake (6-8 pieces)"]
    )
    def test_slices_of_a_whole_are_servings(self, text: str) -> None:
        yields = read_yields([text])
        assert yields is not None
        assert (yields.amount, yields.noun, yields.servings) == (Fraction(1), "cake", Fraction(8))


class TestSeveralStatements:
    def test_the_one_with_words_is_preferred(self) -> None:
        expected = PageYield(amount=Fraction(12), noun="muffins", original_text="12 muffins")
        assert read_yields(["12", "12 muffins"]) == expected

    def test_another_bare_number_counts_servings(self) -> None:
        yields = read_yields(["9", "9 1/3 cups"])
        assert yields is not None
        assert (yields.servings, yields.amount) == (Fraction(9), Fraction(28, 3))

    def test_words_without_a_number_are_kept_as_they_are(self) -> None:
        assert read_yields(["a crowd"]) == PageYield(original_text="a crowd")

    @pytest.mark.parametrize("texts", [[], [""], ["  "]])
    def test_nothing_is_none(self, texts: list[str]) -> None:
        assert read_yields(texts) is None

    def test_zero_is_never_a_yield(self) -> None:
        assert read_yields(["0"]) == PageYield(original_text="0")
        assert read_yields(["1/0 cups"]) == PageYield(original_text="1/0 cups")
