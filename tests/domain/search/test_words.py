"""A recipe becomes four bounded texts, in which its own words find it."""

import re
import time
from itertools import cycle, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.domain.search import stems
from potluck.domain.search.letters import LONGEST_TOKEN, standing_together
from potluck.domain.search.query import parse
from potluck.domain.search.ranking import FIELDS
from potluck.domain.search.words import (
    GAP,
    MORE,
    MOST_CHARACTERS,
    MOST_TOKENS,
    IndexedText,
    indexed,
)
from tests.domain.search.reference import score

ANY_TEXT = st.text(st.characters() | st.sampled_from(" -'\u2019½ßäöåéœトマ味"), max_size=80)
ANY_TEXTS = st.lists(ANY_TEXT, max_size=3)
LANGUAGES = st.sampled_from([*stems.LANGUAGES, "ja", "de-AT", "x-none"])
QUOTES = '["\u201c-\u201f«»「」\uff02]'
TOKEN = re.compile(r"\d+|(?:[a-z]|0[a-z]{4})+|1[a-z]{2}(?:[a-z]|0[a-z]{4})+|2gap|2more")


def of_title(title: str, language: str = "en") -> IndexedText:
    return indexed(language=language, title=title, labels=[], lines=[], steps=[])


def of_lines(*lines: str, language: str = "en") -> IndexedText:
    return indexed(language=language, title="", labels=[], lines=lines, steps=[])


def words_of(text: str) -> str:
    """The words as they stand."""
    return text.partition(f" {MORE} ")[0].strip()


def more_of(text: str) -> set[str]:
    """What else is found."""
    return set(text.partition(f" {MORE} ")[2].split()) - {GAP}


class TestWordsAsTheyStand:
    def test_come_first_in_their_order(self) -> None:
        assert words_of(of_title("Crème Brûlée of the House").title) == "creme brulee of the house"

    def test_items_are_kept_apart(self) -> None:
        text = of_lines("2 eggs", "flour")

        assert words_of(text.lines) == f"2 eggs {GAP} flour"
        assert score(text, parse('"eggs flour"')) == 0
        assert score(text, parse("eggs flour")) > 0

    def test_have_a_blank_at_both_ends(self) -> None:
        text = of_title("Soup").title
        assert text.startswith(" soup ")
        assert text.endswith(f" {GAP} ")

    @pytest.mark.parametrize("nothing", ["", "!!!", "😀", " - "])
    def test_without_any_the_text_is_empty(self, nothing: str) -> None:
        assert of_title(nothing).title == ""
        assert of_lines(nothing, nothing).lines == ""


class TestOtherForms:
    @pytest.mark.parametrize(
        ("text", "language", "forms"),
        [
            ("stir-fry", "en", {"stirfry", "1enstir", "1enfri", "1enstirfri"}),
            ("jack's", "ja", {"jacks"}),
            ("Äpfel", "de", {"aepfel", "1deapfel"}),
            ("Äpfel", "ja", {"aepfel"}),
            ("tomatoes", "de-AT", {"1detomato"}),
            ("味噌 500", "ja", set[str]()),
        ],
    )
    def test_of_a_line(self, text: str, language: str, forms: set[str]) -> None:
        assert more_of(of_lines(text, language=language).lines) == forms

    def test_neighbours_in_titles_and_labels_are_found_in_one_word(self) -> None:
        assert "stirfry" in more_of(of_title("Stir fry", "ja").title)
        assert "stirfry" not in more_of(of_lines("stir fry", language="ja").lines)

    def test_are_no_phrase(self) -> None:
        text = of_lines("Äpfel für Öfen", language="ja")

        assert {"aepfel", "fuer", "oefen"} <= more_of(text.lines)
        assert score(text, parse('"aepfel fuer"')) == 0

    def test_stand_once(self) -> None:
        tokens = of_lines("eggs, eggs and egg").lines.partition(MORE)[2].split()
        assert tokens.count("1enegg") == 1


# A busy machine is no error.
UNHURRIED = settings(deadline=None)


class TestAnyText:
    @UNHURRIED
    @given(ANY_TEXT, ANY_TEXTS, ANY_TEXTS, ANY_TEXTS, LANGUAGES)
    def test_is_tokens_between_single_blanks(
        self, title: str, labels: list[str], lines: list[str], steps: list[str], language: str
    ) -> None:
        text = indexed(language=language, title=title, labels=labels, lines=lines, steps=steps)

        for name in FIELDS:
            field = getattr(text, name)
            assert field == "" or field == f" {' '.join(field.split(' ')[1:-1])} "
            for token in field.split():
                assert TOKEN.fullmatch(token), token
                assert len(token) <= LONGEST_TOKEN

    @UNHURRIED
    @given(ANY_TEXT, LANGUAGES)
    def test_is_found_by_each_of_its_words(self, title: str, language: str) -> None:
        text = of_title(title, language)

        for word in standing_together(title):
            query = parse(word)
            assert not query.wanted or score(text, query) > 0, word

    @UNHURRIED
    @given(ANY_TEXT, LANGUAGES)
    def test_is_found_by_itself_as_a_phrase(self, title: str, language: str) -> None:
        query = parse('"' + re.sub(QUOTES, " ", title) + '"')

        assert not query.wanted or score(of_title(title, language), query) > 0

    @UNHURRIED
    @given(ANY_TEXT)
    def test_gives_the_same_again(self, title: str) -> None:
        assert of_title(title) == of_title(title)


LONG_WORDS = "".join(chr(0x430 + number % 30) for number in range(39))


class TestBounds:
    @pytest.mark.parametrize("word", ["ab", "öl", "味", "stir-fry", LONG_WORDS])
    def test_n01_hold_whatever_is_sent(self, word: str) -> None:
        endless = [f"{word}{letters} " * 50 for letters in islice(cycle("abcdefgh"), 2_000)]
        text = indexed(
            language="ru", title="".join(endless), labels=endless, lines=endless, steps=endless
        )

        for name in FIELDS:
            field = getattr(text, name)
            assert len(field) <= MOST_CHARACTERS[name]
            assert len(field.split()) <= MOST_TOKENS[name]
            assert field.endswith(f" {GAP} ")

    def test_n01_the_fields_fit_into_one_vector_of_postgresql(self) -> None:
        positions, characters = sum(MOST_TOKENS.values()), sum(MOST_CHARACTERS.values())
        assert positions <= 16_383
        assert characters + 6 * positions < 2**20

    def test_n01_the_largest_recipe_takes_no_longer_than_its_bounds(self) -> None:
        words = [
            f"{one}{two}ä{three}" for one in "abcdefghij" for two in "klmnop" for three in "qrst"
        ]
        step = " ".join(islice(cycle(words), 1_600))
        started = time.process_time()

        indexed(language="de", title=step, labels=[step] * 8, lines=[step] * 40, steps=[step] * 60)

        assert time.process_time() - started < 1

    def test_the_five_hundredth_line_is_found(self) -> None:
        lines = [f"{number} tablespoons of finely chopped something" for number in range(499)]
        assert score(of_lines(*lines, "saffron"), parse("saffron")) > 0
