"""One slip of the finger is found by equality, and told from two."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain.search import typos
from potluck.domain.search.query import correctable, corrected
from potluck.domain.search.typos import Correction, corrections, deletions, is_one_typo, vocabulary
from potluck.domain.search.words import indexed

WORDS = st.text("abcd", min_size=typos.SHORTEST, max_size=9)


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with one slip."""
    word = draw(WORDS.filter(lambda text: len(text) > typos.SHORTEST))
    place = draw(st.integers(0, len(word) - 2))
    letter = draw(st.sampled_from("abcdx"))
    slip = draw(st.sampled_from(["insert", "delete", "replace", "swap"]))
    before, one, two, after = word[:place], word[place], word[place + 1], word[place + 2 :]
    typed = {
        "insert": before + letter + one + two + after,
        "delete": before + two + after,
        "replace": before + letter + two + after,
        "swap": before + two + one + after,
    }[slip]
    return word, typed


def distance(one: str, other: str) -> int:
    """Damerau-Levenshtein (optimal string alignment), by its definition."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


class TestIsOneTypo:
    @given(WORDS, WORDS)
    def test_is_a_distance_of_one(self, one: str, other: str) -> None:
        assert is_one_typo(one, other) == (distance(one, other) == 1)

    @given(slips())
    def test_holds_for_every_slip(self, pair: tuple[str, str]) -> None:
        word, typed = pair
        assert word == typed or is_one_typo(word, typed)


class TestDeletions:
    def test_are_the_word_and_all_but_one_letter(self) -> None:
        assert deletions("rice") == {"rice", "ice", "rce", "rie", "ric"}

    @given(slips())
    def test_of_a_word_and_its_slip_meet(self, pair: tuple[str, str]) -> None:
        word, typed = pair
        assert deletions(word) & deletions(typed)

    def test_there_are_none_of_short_and_of_endless_words(self) -> None:
        assert deletions("egg") == set()
        assert deletions("a" * (typos.LONGEST + 1)) == set()
        assert len(deletions(string.ascii_lowercase[: typos.LONGEST])) == typos.LONGEST + 1


class TestVocabulary:
    def test_holds_the_words_as_they_stand(self) -> None:
        text = indexed(
            language="en",
            title="Stir-fry with Äpfel",
            labels=["Dessert"],
            lines=["500g борщ, 2 eggs"],
            steps=["味噌を溶く"],
        )
        assert vocabulary(text) == {"stir", "with", "apfel", "dessert", "борщ", "eggs"}

    def test_n01_is_bounded(self) -> None:
        words = [
            f"ab{one}{two}{three}"
            for one in "abcdefghijklmnopqrst"
            for two in "klmnopqrst"
            for three in "abcdefghijklmnopqrst"
        ]
        text = indexed(language="ja", title="", labels=[], lines=[], steps=[" ".join(words)])
        assert len(words) > typos.MOST_WORDS
        assert len(vocabulary(text)) == typos.MOST_WORDS


class TestCorrections:
    @pytest.mark.parametrize(
        ("typed", "candidates", "words"),
        [
            (["chikcen"], ["chicken", "thicken"], ["chicken"]),
            (["bread"], ["bread", "broad", "beard"], ["broad"]),
            (["mice"], ["rice", "nice", "mince"], ["mince", "nice", "rice"]),
            (["baen"], ["bean", "barn", "been"], ["bean", "barn", "been"]),
            (["tomatp"], ["tomato", "tomate"], ["tomate", "tomato"]),
            (["flouer"], ["flower", "flour"], ["flour", "flower"]),
            (["soup"], ["soup"], []),
            (["soup"], [], []),
        ],
    )
    def test_come_in_one_order(
        self, typed: list[str], candidates: list[str], words: list[str]
    ) -> None:
        assert [found.word for found in corrections(typed, candidates)] == words
        assert corrections(typed, reversed(candidates)) == corrections(typed, candidates)

    def test_come_for_each_word_that_was_typed(self) -> None:
        found = corrections(["soop", "tomatp"], ["soup", "soap", "tomato"])
        assert found == [
            Correction("soop", "soap"),
            Correction("soop", "soup"),
            Correction("tomatp", "tomato"),
        ]


class TestCorrectedQuery:
    def test_names_single_wanted_words(self) -> None:
        assert correctable('Soupe l\'oignon "a phrase" -nuts 500 stir-fry 味噌 soupe') == (
            "soupe",
            "oignon",
        )

    @pytest.mark.parametrize(
        ("text", "typed", "word", "result"),
        [
            ("Tomatp  SOUP -nuts", "tomatp", "tomato", "tomato  SOUP -nuts"),
            ("-tomatp tomatp, soup", "tomatp", "tomato", "-tomatp tomato soup"),
            ('"tomatp" tomatp', "tomatp", "tomato", '"tomatp" tomato'),
            ("Käsesätzle", "kasesatzle", "kasespatzle", "kasespatzle"),
            ("soup", "tomatp", "tomato", "soup"),
        ],
    )
    def test_keeps_the_rest_as_it_was(self, text: str, typed: str, word: str, result: str) -> None:
        assert corrected(text, typed, word) == result
