import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain.slug import MAX_LENGTH, slug


class TestSlug:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("Apple cake", "apple-cake"),
            ("Crème brûlée", "creme-brulee"),
            ("  Mum's  No. 1!  ", "mum-s-no-1"),
            ("Fish &amp; chips", "fish-amp-chips"),
            ("味噌汁", "wei-cheng-zhi"),
            ("Борщ", "borshch"),
            ("!!!", "recipe"),
            ("🍰", "recipe"),
        ],
    )
    def test_of(self, title: str, expected: str) -> None:
        assert slug(title) == expected

    def test_says_what_it_is_asked_to_say_for_a_name_without_letters(self) -> None:
        assert slug("🍰", nameless="household") == "household"

    def test_long_titles_are_cut_between_words(self) -> None:
        assert slug("really " * 40) == "-".join(["really"] * 11)

    @given(st.text(min_size=1, max_size=300))
    def test_is_never_empty_and_always_fits_an_address(self, title: str) -> None:
        made = slug(title)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
        assert len(made) <= MAX_LENGTH
