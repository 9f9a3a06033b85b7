"""Form tokens: good for one session under one key."""

import time

import pytest

from potluck.core import csrf

KEY = bytes(range(32))
SESSION = "0195514d-4a00-7c5e-9d10-6f2a4b3c8e01"


class TestFormTokens:
    def test_a_token_is_good_for_its_session_any_number_of_times(self) -> None:
        token = csrf.make(KEY, SESSION)
        assert csrf.check(KEY, SESSION, token)
        assert csrf.check(KEY, SESSION, token)

    def test_each_token_is_another_one(self) -> None:
        tokens = {csrf.make(KEY, SESSION) for _ in range(100)}
        assert len(tokens) == 100
        assert all(csrf.check(KEY, SESSION, token) for token in tokens)

    def test_another_session_or_key_refuses_it(self) -> None:
        token = csrf.make(KEY, SESSION)
        assert not csrf.check(KEY, SESSION[:-1] + "2", token)
        assert not csrf.check(KEY, "", token)
        assert not csrf.check(bytes(32), SESSION, token)

    def test_no_character_can_be_changed(self) -> None:
        token = csrf.make(KEY, SESSION)
        for place, character in enumerate(token):
            changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
            assert not csrf.check(KEY, SESSION, changed)

    def test_random_part_and_session_cannot_be_shifted_into_each_other(self) -> None:
        token = csrf.make(KEY, "a" + SESSION)
        assert not csrf.check(KEY, SESSION, token)

    @pytest.mark.parametrize(
        "token", ["", "x", "A" * 64, "é" * 64, "\ud800" * 64, "=" * 64, "A" * 10**6]
    )
    def test_what_is_no_token_is_refused(self, token: str) -> None:
        assert not csrf.check(KEY, SESSION, token)

    def test_what_is_far_too_long_is_refused_unread(self) -> None:
        text = "A" * 10_000_000
        started = time.perf_counter()
        for _ in range(100):
            assert not csrf.check(KEY, SESSION, text)
        assert time.perf_counter() - started < 0.5
