"""What is typed into a search box is never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain.search_words import SearchWords, parse


class TestParse:
    @pytest.mark.parametrize(
        ("text", "wanted", "unwanted"),
        [
            ("cake", ("cake",), ()),
            ("  Crème\u3000BRÛLÉE ", ("creme", "brulee"), ()),
            ('"sour cream" cake', ("sour cream", "cake"), ()),
            ('"sour   Cream', ("sour cream",), ()),
            ("cake -nuts", ("cake",), ("nuts",)),
            ('cake -"sour cream"', ("cake",), ("sour cream",)),
            ("-nuts", (), ("nuts",)),
            ("gluten-free 1/2", ("gluten-free", "1/2"), ()),
            ("(cake), pie! *", ("cake", "pie"), ()),
            ("cake cake Cake", ("cake",), ()),
            ("NEAR(a b) title:x OR", ("near(a", "b", "title:x", "or"), ()),
            ("- -- !!! \"\" '%' _", (), ()),
            ("cake- a--b", ("cake", "a--b"), ()),
            ("味噌", ("味噌",), ()),
        ],
    )
    def test_takes_words_phrases_and_exclusions(
        self, text: str, wanted: tuple[str, ...], unwanted: tuple[str, ...]
    ) -> None:
        assert parse(text) == SearchWords(wanted, unwanted)

    @given(st.text(st.characters() | st.sampled_from(' "-'), max_size=200))
    def test_i06_nothing_is_an_error_and_every_term_has_a_letter_or_digit(self, text: str) -> None:
        found = parse(text)
        for term in found.wanted + found.unwanted:
            assert term[0].isalnum()
            assert term[-1].isalnum()


class TestBound:
    def test_n01_terms_of_a_kind_beyond_the_tenth_do_not_count(self) -> None:
        words = parse(" ".join(f"w{number} -n{number}" for number in range(12)))

        assert words.wanted == tuple(f"w{number}" for number in range(10))
        assert words.unwanted == tuple(f"n{number}" for number in range(10))
