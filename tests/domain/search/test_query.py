"""What is typed into a search box is never an error, and means one thing."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.domain.search.letters import LONGEST_TOKEN
from potluck.domain.search.query import (
    LONGEST_PHRASE,
    MOST_TERMS,
    Alternative,
    SearchQuery,
    correctable,
    corrected,
    exact,
    parse,
    phrase,
    prefix,
)

TYPED = st.text(st.characters() | st.sampled_from(" \"-'“„«»abctomatß½味"), max_size=200)
TOKEN = re.compile(r"\d+|(?:[a-z]|0[a-z]{4})+|1[a-z]{2}(?:[a-z]|0[a-z]{4})+")


def wanted(text: str, *languages: str) -> list[list[Alternative]]:
    return [list(term) for term in parse(text, languages).wanted]


def unwanted(text: str, *languages: str) -> list[list[Alternative]]:
    return [list(term) for term in parse(text, languages).unwanted]


def stem(language: str, token: str) -> Alternative:
    return Alternative((token,), language=language)


class TestWords:
    def test_may_go_on(self) -> None:
        assert wanted("Crème") == [[prefix("creme")]]

    def test_are_found_in_singular_and_plural_of_each_language(self) -> None:
        assert wanted("tomatoes", "en", "nl") == [
            [prefix("tomatoes"), stem("en", "1entomato"), stem("nl", "1nltomatoes")]
        ]

    def test_with_umlauts_are_found_written_out(self) -> None:
        assert wanted("Äpfel") == [[prefix("apfel"), prefix("aepfel")]]

    def test_beside_each_other_are_found_in_one(self) -> None:
        assert wanted("egg fried rice") == [
            [prefix("egg"), prefix("eggfried")],
            [prefix("fried"), prefix("eggfried"), prefix("friedrice")],
            [prefix("rice"), prefix("friedrice")],
        ]

    def test_numbers_stand_for_themselves(self) -> None:
        assert wanted("180 eggs") == [[exact("180")], [prefix("eggs")]]
        assert wanted("1/2") == wanted("½") == [[phrase("1", "2")]]
        assert wanted("500g") == [[phrase("500", "g", is_prefix=True)]]

    def test_without_blanks_between_them_are_phrases_of_signs(self) -> None:
        assert wanted("味噌") == [[phrase("0bfzn", "0bgrs")]]

    def test_typed_twice_count_once(self) -> None:
        assert wanted("cake Cake") == [[prefix("cake"), prefix("cakecake")]]


class TestHyphensAndApostrophes:
    def test_a_hyphen_may_be_a_blank_or_nothing(self) -> None:
        assert wanted("stir-fry") == [[phrase("stir", "fry", is_prefix=True), prefix("stirfry")]]

    def test_the_last_word_may_be_the_singular(self) -> None:
        assert wanted("spring-onions", "en") == [
            [
                phrase("spring", "onions", is_prefix=True),
                phrase("spring", "onion", is_prefix=True),
                prefix("springonions"),
                stem("en", "1enspringonion"),
            ]
        ]

    @pytest.mark.parametrize("text", ["l'oignon", "L\u2019OIGNON", "d'oignon"])
    def test_an_article_melted_into_a_word_does_not_count(self, text: str) -> None:
        assert wanted(text) == [[prefix("oignon")]]

    def test_a_genitive_finds_the_name(self) -> None:
        assert wanted("jack's") == [
            [phrase("jack", "s", is_prefix=True), prefix("jacks"), exact("jack")]
        ]


class TestPhrases:
    @pytest.mark.parametrize(
        "text",
        ['"sour cream"', '"Sour   CREAM', "\u201csour cream\u201d", "«sour-cream»", "„sour cream“"],
    )
    def test_are_whole_words_in_their_order(self, text: str) -> None:
        assert wanted(text, "en") == [[phrase("sour", "cream")]]

    def test_of_one_word_are_that_word(self) -> None:
        assert wanted('"cake"', "en") == [[exact("cake")]]


class TestExclusions:
    def test_are_whole_words_in_singular_and_plural(self) -> None:
        assert unwanted("cake -nuts", "en") == [[exact("nuts"), stem("en", "1ennut")]]

    @pytest.mark.parametrize("text", ['-"sour cream"', '--"sour cream', "\u2212«sour cream»"])
    def test_may_be_phrases(self, text: str) -> None:
        assert unwanted(text) == [[phrase("sour", "cream")]]

    def test_with_a_hyphen_are_found_in_one_word(self) -> None:
        assert unwanted("-stir-fry") == [[phrase("stir", "fry"), exact("stirfry")]]

    @pytest.mark.parametrize("text", ["cake-nuts", "cake - nuts", "cake- nuts"])
    def test_begin_with_the_mark(self, text: str) -> None:
        assert unwanted(text) == []


class TestNothingElse:
    @pytest.mark.parametrize("text", ["", " ", "!!!", '"" "', "- --", "😀", "-nuts", '-"a b"'])
    def test_is_wanted_without_a_word(self, text: str) -> None:
        assert wanted(text) == []

    @pytest.mark.parametrize(
        ("text", "alternatives"),
        [
            ("AND", [prefix("and")]),
            ("title:cake", [phrase("title", "cake", is_prefix=True)]),
            ("cake*", [prefix("cake")]),
            ("^cake", [prefix("cake")]),
            ("NEAR(a", [phrase("near", "a", is_prefix=True)]),
            ("1entomato", [phrase("1", "entomato", is_prefix=True)]),
        ],
    )
    def test_is_syntax(self, text: str, alternatives: list[Alternative]) -> None:
        assert wanted(text) == [alternatives]

    @settings(deadline=None)
    @given(TYPED)
    def test_i06_is_an_error(self, text: str) -> None:
        found = parse(text)

        for term in found.wanted + found.unwanted:
            assert term
            for alternative in term:
                assert 1 <= len(alternative.tokens) <= LONGEST_PHRASE
                for token in alternative.tokens:
                    assert TOKEN.fullmatch(token), token
                    assert len(token) <= LONGEST_TOKEN

    @settings(deadline=None)
    @given(TYPED)
    def test_i06_is_an_error_in_what_may_be_corrected(self, text: str) -> None:
        for word in correctable(text):
            assert corrected(text, word, word)


class TestBounds:
    def test_n01_terms_of_a_kind_beyond_the_tenth_do_not_count(self) -> None:
        letters = "abcdefghijkl"
        found = parse(" ".join(f"w{letter} -n{letter}" for letter in letters), ())

        assert [term[0] for term in found.wanted] == [prefix(f"w{one}") for one in letters[:10]]
        assert [term[0] for term in found.unwanted] == [exact(f"n{one}") for one in letters[:10]]
        assert MOST_TERMS == 10

    def test_n01_a_phrase_is_cut(self) -> None:
        (term,) = wanted(f'"{"a " * 100}"')
        assert term == [phrase(*["a"] * LONGEST_PHRASE)]

    def test_nothing_typed_is_an_empty_query(self) -> None:
        assert parse("") == SearchQuery((), ())
