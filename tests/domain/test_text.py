import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain.text import clean, fold, is_blank, is_fit

ANY_TEXT = st.text(st.characters())


class TestClean:
    def test_trims_the_ends_and_keeps_the_inside(self) -> None:
        assert clean(" \n\tbeat \n\t eggs\u00a0\u3000") == "beat \n\t eggs"

    def test_composes_to_normal_form_c(self) -> None:
        assert clean("cre\u0300me") == "cr\u00e8me"

    @pytest.mark.parametrize(
        "character",
        ["\0", "\x01", "\x08", "\x0b", "\r", "\x1b", "\x7f", "\x85", "\ud800"],
    )
    def test_i03_refuses_controls_and_lone_surrogates_anywhere(self, character: str) -> None:
        for text in (character, f"{character}a", f"a{character}b", f"a{character}"):
            with pytest.raises(ValueError, match="control character"):
                clean(text)

    def test_i03_refuses_both_halves_of_a_surrogate_pair(self) -> None:
        with pytest.raises(ValueError, match="Unicode"):
            clean("\udfff")

    def test_i07_refuses_piles_of_marks_before_they_cost_time(self) -> None:
        assert is_fit("a" + "\u0301" * 30)
        assert is_fit("すりおろした生姜" * 10)
        with pytest.raises(ValueError, match="Unicode"):
            clean("a" + "\u0301\u0323" * 16)
        started = time.perf_counter()
        assert not is_fit("a" + "\u0301\u0323" * 500_000)
        assert time.perf_counter() - started < 1

    def test_keeps_what_people_type(self) -> None:
        text = "Zürcher 👩‍🍳\u202fpâté מרק \u200fשבת\nがく"
        assert clean(text) == text

    @given(ANY_TEXT)
    def test_i03_is_fit_normal_and_stable_or_refused(self, text: str) -> None:
        if not is_fit(text):
            return
        cleaned = clean(text)
        assert clean(cleaned) == cleaned
        assert unicodedata.is_normalized("NFC", cleaned)
        assert cleaned.encode().decode() == cleaned


class TestIsBlank:
    @pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0\u2003"])
    def test_white_space_is_blank(self, text: str) -> None:
        assert is_blank(text)

    def test_a_letter_is_not(self) -> None:
        assert not is_blank(" a ")


class TestFold:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Dessert", "dessert"),
            ("Crème Brûlée", "creme brulee"),
            ("cre\u0300me", "cr\u00e8me"),
            ("Straße", "STRASSE"),
            ("main  course", " Main\tcourse "),
            ("Ψάρι", "ψαρι"),
        ],
    )
    def test_case_accents_and_spacing_make_no_difference(self, one: str, other: str) -> None:
        assert fold(one) == fold(other)

    @pytest.mark.parametrize(
        ("one", "other"), [("がく", "かく"), ("किताब", "कताब"), ("soup", "soups"), ("ø", "o")]
    )
    def test_other_letters_stay_different(self, one: str, other: str) -> None:
        assert fold(one) != fold(other)

    @given(ANY_TEXT.filter(is_fit))
    def test_folding_twice_changes_nothing_and_the_key_stays_short(self, text: str) -> None:
        key = fold(clean(text))
        assert fold(key) == key
        assert len(key) <= 3 * len(clean(text))


class TestFoldOfHyphens:
    def test_soft_hyphens_make_no_difference(self) -> None:
        assert fold("Weizen\u00admehl") == "weizenmehl"
