import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain.context_words import is_made_of_names

NAMES = ["ada.l", "mail.example.org", "Ada Lovelace-O'Brien", "Zoë's kitchen"]


class TestMadeOfNames:
    @pytest.mark.parametrize(
        "password",
        [
            "potluck",
            "Potluck-Potluck-2026!",
            "p.o.t.l.u.c.k.......",
            "  pOTLUCK  1234567890  ",
            "lovelaceADA1815",
            "ADALOVELACE adalovelace",
            "adal@mail.example.org",
            "ada.l@mail.example.org",
            "obrienobrien",
            "Brien & Brien",
            "zoes kitchen",
            "ZOËKITCHEN zoekitchen",
            "Zoe\u0308 Zoe\u0308",
            "ada\u0000ada\ud800ada",
        ],
    )
    def test_is_names_with_digits_signs_and_blanks(self, password: str) -> None:
        assert is_made_of_names(password, NAMES)

    @pytest.mark.parametrize(
        "password",
        [
            "ada wrote the first program",
            "potlucks potlucks",
            "p0tluck p0tluck",
            "lovelac lovelac",
            "adaadaadaadaad",
            "L L L L L L L L L",
            "471820936558204",
            "               ",
            "\u0301\u0301\u0301",
            "",
        ],
    )
    def test_is_not_what_holds_anything_else(self, password: str) -> None:
        assert not is_made_of_names(password, NAMES)

    def test_a_short_name_counts_as_a_whole_and_its_short_parts_do_not(self) -> None:
        assert is_made_of_names("BoLi bo li 22", ["Bo Li"])
        assert not is_made_of_names("bobobobobobobobo", ["Bo Li"])
        assert is_made_of_names("bobobobobobobobo", ["Bo"])

    def test_takes_words_as_they_fit_and_not_the_longest_first(self) -> None:
        assert is_made_of_names("annannabel", ["anna", "annabel", "ann"])
        assert is_made_of_names("annaannannabel", ["anna", "annabel", "ann"])

    @pytest.mark.parametrize("names", [[], [""], ["42"], ["!!! 7"]])
    def test_names_without_letters_are_none(self, names: list[str]) -> None:
        assert not is_made_of_names("42 !!! 7 cakes", names)
        assert is_made_of_names("42 !!! 7 Potluck", names)

    @pytest.mark.parametrize("name", ["李小龍", "Юлия", "Ἀθηνᾶ", "हिन्दी", "İpek", "Weiß"])
    def test_names_of_any_script_count(self, name: str) -> None:
        assert is_made_of_names(f"{name}-{name.upper()}{name.lower()} 7", [name])

    @given(st.lists(st.text(), max_size=4), st.text(max_size=40))
    def test_any_text_may_be_a_name_or_a_password(self, names: list[str], password: str) -> None:
        assert is_made_of_names(password, names) in {True, False}
        assert is_made_of_names("1".join([*names, "Potluck"]), names)
