"""Singular and plural have one stem, in their own language."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain.search import stems
from potluck.domain.search.letters import Word, compounds
from tests.domain.search.plurals import PAIRS

ANY_TEXT = st.text(st.characters(), max_size=30)


def word(text: str) -> Word:
    (found,) = compounds(text)
    return found.joined or found.words[0]


def stems_of(text: str, language: str) -> set[str]:
    return set(stems.stems(word(text), language))


class TestPlurals:
    @pytest.mark.parametrize(
        ("language", "singular", "plural"),
        [(language, *pair) for language, pairs in PAIRS.items() for pair in pairs],
    )
    def test_share_a_stem_with_their_singular(
        self, language: str, singular: str, plural: str
    ) -> None:
        assert stems_of(singular, language) & stems_of(plural, language)

    @pytest.mark.parametrize("language", PAIRS)
    def test_share_none_with_another_noun(self, language: str) -> None:
        nouns = defaultdict(set)
        for singular, _ in PAIRS[language]:
            for stem in stems_of(singular, language):
                nouns[stem].add(singular)
        assert [found for found in nouns.values() if len(found) > 1] == []

    def test_the_accents_may_be_left_out(self) -> None:
        assert stems_of("gateaux", "fr") & stems_of("gâteau", "fr")
        assert stems_of("nusse", "de") & stems_of("Nuss", "de")
        assert stems_of("свеклы", "ru") & stems_of("свёкла", "ru")


class TestApart:
    @pytest.mark.parametrize(
        ("language", "one", "other"),
        [
            ("de", "Ei", "Eis"),
            ("en", "leaf", "leave"),
            ("en", "pasta", "paste"),
            ("it", "pesca", "pesce"),
        ],
    )
    def test_what_a_stemmer_throws_together_or_might(
        self, language: str, one: str, other: str
    ) -> None:
        assert not stems_of(one, language) & stems_of(other, language)


class TestLanguage:
    @pytest.mark.parametrize(
        ("tag", "language"),
        [("de", "de"), ("de-AT", "de"), ("EN-gb", "en"), ("nb", "no"), ("ja", None), ("", None)],
    )
    def test_is_the_first_subtag(self, tag: str, language: str | None) -> None:
        assert stems.language_of(tag) == language

    def test_a_stem_is_marked_with_it(self) -> None:
        assert stems.tokens(word("tomatoes"), ("en", "de")) == ("1entomato", "1detomato")

    def test_words_of_another_script_have_no_stem(self) -> None:
        assert stems.stems(word("борщ"), "en") == ()
        assert stems.stems(word("soup"), "ru") == ()

    def test_numbers_and_single_signs_have_none(self) -> None:
        assert stems.stems(word("500"), "en") == ()
        assert stems.stems(word("味"), "en") == ()


class TestAnyWord:
    @given(ANY_TEXT, st.sampled_from(stems.LANGUAGES))
    def test_has_at_most_two_stems_and_none_is_empty(self, text: str, language: str) -> None:
        for compound in compounds(text):
            for one in compound.words:
                found = stems.stems(one, language)
                assert len(found) <= 2
                assert all(found)

    def test_has_the_same_stem_in_every_thread(self) -> None:
        words = [Word(f"tomatoes{letter}", f"tomatoes{letter}") for letter in "abcdefgh"] * 50
        expected = [stems.stems(one, "en") for one in words]
        stems._stems.cache_clear()

        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda one: stems.stems(one, "en"), words))

        assert found == expected
