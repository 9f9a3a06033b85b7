"""Text becomes words that every engine keeps as they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain.search import letters
from potluck.domain.search.letters import compounds, decoded, encoded, fold

ANY_TEXT = st.text(st.characters(), max_size=300)
TOKEN = re.compile(r"\d+|(?:[a-z]|0[a-z]{4})+")


def tokens(text: str) -> list[str]:
    return [word.token for compound in compounds(text) for word in compound.words]


def words(text: str) -> list[str]:
    return [word.folded for compound in compounds(text) for word in compound.words]


class TestWords:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Crème BRÛLÉE", ["creme", "brulee"]),
            ("Straße STRASSE", ["strasse", "strasse"]),
            ("œuf Œuf", ["oeuf", "oeuf"]),
            ("Smørrebrød, łyżka", ["smorrebrod", "lyzka"]),
            ("ﬁlet \uff54\uff4f\uff46\uff55", ["filet", "tofu"]),
            ("Weizen\u00admehl", ["weizenmehl"]),
            ("500g 2x4", ["500", "g", "2", "x", "4"]),
            ("tipo 00", ["tipo", "00"]),
            ("½ 1½ 1/2", ["1", "2", "1", "1", "2", "1", "2"]),
            ("٣ kg", ["3", "kg"]),
            ("味噌汁", ["味", "噌", "汁"]),
            ("ニンジン ﾆﾝｼﾞﾝ", list("にんじんにんじん")),
            ("свёкла", ["свекла"]),
            ("ΨΆΡΙ ψάρι", ["ψαρι", "ψαρι"]),
            ("किताब", ["किताब"]),
            ("حَلِيب", ["حليب"]),
            ("!!! … 😀 -- '", []),
            ("snake_case a.b", ["snake", "case", "a", "b"]),
        ],
    )
    def test_are_folded(self, text: str, expected: list[str]) -> None:
        assert words(text) == expected

    @pytest.mark.parametrize(
        ("text", "joined"),
        [
            ("stir-fry", "stirfry"),
            ("stir\u2010fry", "stirfry"),
            ("jack's", "jacks"),
            ("jack\u2019s", "jacks"),
            ("rock'n'roll", "rocknroll"),
            ("l'arc-en-ciel", "arcenciel"),
            ("l'oignon", None),
            ("cake", None),
            ("7-up", None),
            ("500g", None),
            ("味-噌", None),
        ],
    )
    def test_are_joined_where_a_hyphen_or_apostrophe_joins_them(
        self, text: str, joined: str | None
    ) -> None:
        (compound,) = compounds(text)
        assert (compound.joined and compound.joined.folded) == joined

    @pytest.mark.parametrize(
        ("text", "spelling"),
        [("Äpfel", "aepfel"), ("smørrebrød", "smoerrebroed"), ("Apfel", None), ("crème", None)],
    )
    def test_with_umlauts_are_written_out(self, text: str, spelling: str | None) -> None:
        (compound,) = compounds(text)
        assert compound.words[0].written_out == spelling

    def test_are_cut(self) -> None:
        assert words("a" * 1000) == ["a" * letters.LONGEST_WORD]
        assert words("1" * 1000) == ["1" * letters.LONGEST_WORD]
        assert len(words("味" * 1000)) == letters.LONGEST_COMPOUND


class TestTokens:
    @given(ANY_TEXT)
    def test_are_plain_letters_and_digits_whatever_the_text(self, text: str) -> None:
        for token in tokens(text):
            assert TOKEN.fullmatch(token), token
            assert len(token) <= letters.LONGEST_TOKEN

    @given(ANY_TEXT)
    def test_tell_the_word_they_were_made_of(self, text: str) -> None:
        for word in words(text):
            assert decoded(encoded(word)) == word

    @given(ANY_TEXT)
    def test_of_words_are_those_of_the_text(self, text: str) -> None:
        assert words(" ".join(words(text))) == words(text)

    def test_begin_alike_when_words_do(self) -> None:
        assert tokens("борщевик")[0].startswith(tokens("борщ")[0])

    def test_other_letters_stay_other(self) -> None:
        assert encoded("ж") == "0abpm"
        assert tokens("が") != tokens("か")


class TestFold:
    @given(ANY_TEXT)
    def test_folding_twice_changes_nothing(self, text: str) -> None:
        folded = fold(letters.lowered(text))
        assert fold(folded) == folded
