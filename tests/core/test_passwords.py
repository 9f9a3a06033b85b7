"""Passwords: what counts as one, how it is hashed, how many at a time."""

import os
import statistics
import sys
import threading
import time
import unicodedata
from asyncio import get_running_loop

import pytest
from anyio import CancelScope, create_task_group, lowlevel

from potluck.core import passwords
from potluck.core.errors import Unavailable
from potluck.core.passwords import PasswordHasher, check_length

#: The least that argon2 takes: these tests are about everything but the price.
CHEAP = {"memory_kib": 8, "time_cost": 1, "parallelism": 1}

GOOD = "correct horse battery"


def cheap(*, threads: int | None = None, queue: int = 32) -> PasswordHasher:
    return PasswordHasher(**CHEAP, threads=threads, queue=queue)


class TestLength:
    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("", "password_too_short"),
            ("x" * 14, "password_too_short"),
            ("x" * 15, None),
            ("x" * 64, None),
            ("x" * 256, None),
            ("x" * 257, "password_too_long"),
            ("x" * 10**6, "password_too_long"),
        ],
    )
    def test_a01_fifteen_to_256_characters(self, password: str, code: str | None) -> None:
        assert check_length(password, 15) == code

    def test_the_minimum_is_the_callers(self) -> None:
        assert check_length("x" * 8, 8) is None
        assert check_length("x" * 7, 8) == "password_too_short"

    @pytest.mark.parametrize(
        "character", ["\N{PIE}", "é", "e\u0301", "\u1100\u1161\u11a8", "\u1f82"]
    )
    def test_a02_code_points_count_after_composing(self, character: str) -> None:
        decomposed = unicodedata.normalize("NFD", character)
        for typed in (character, decomposed):
            assert check_length(typed * 14, 15) == "password_too_short"
            assert check_length(typed * 15, 15) is None
            assert check_length(typed * 256, 15) is None
            assert check_length(typed * 257, 15) == "password_too_long"

    @pytest.mark.parametrize("password", [" " * 15, "\t" * 15, "a" * 15, " " * 7 + "a" + "\n" * 7])
    def test_a03_there_is_no_rule_but_the_length(self, password: str) -> None:
        assert check_length(password, 15) is None

    def test_a_million_unordered_marks_do_not_keep_us_busy(self) -> None:
        """Putting combining marks in order takes quadratic time, so too many are never ordered."""
        started = time.perf_counter()
        assert check_length("\u0301\u0316" * 500_000, 15) == "password_too_long"
        assert time.perf_counter() - started < 1


class TestHashing:
    async def test_a05_the_default_is_argon2id_with_19_mib_two_passes_one_lane(self) -> None:
        assert (await PasswordHasher().hash(GOOD)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    async def test_a05_each_hash_has_its_own_salt(self) -> None:
        hasher = cheap()
        assert await hasher.hash(GOOD) != await hasher.hash(GOOD)

    async def test_the_right_password_fits_and_another_does_not(self) -> None:
        hasher = cheap()
        stored = await hasher.hash(GOOD)
        assert await hasher.verify(stored, GOOD) == (True, None)
        assert await hasher.verify(stored, GOOD + "x") == (False, None)
        assert await hasher.verify(stored, "") == (False, None)

    async def test_a05_a_hash_with_older_parameters_is_renewed_when_it_is_used(self) -> None:
        stored = await PasswordHasher(memory_kib=16, time_cost=1).hash(GOOD)
        hasher = PasswordHasher(memory_kib=32, time_cost=2)
        fits, renewed = await hasher.verify(stored, GOOD)
        assert fits
        assert renewed is not None
        assert renewed.startswith("$argon2id$v=19$m=32,t=2,p=1$")
        assert await hasher.verify(renewed, GOOD) == (True, None)

    async def test_a05_a_wrong_password_renews_nothing(self) -> None:
        stored = await PasswordHasher(memory_kib=16, time_cost=1).hash(GOOD)
        assert await cheap().verify(stored, GOOD + "x") == (False, None)

    async def test_a02_the_last_of_200_characters_counts(self) -> None:
        hasher = cheap()
        stored = await hasher.hash("x" * 199 + "a")
        assert (await hasher.verify(stored, "x" * 199 + "a"))[0]
        assert not (await hasher.verify(stored, "x" * 199 + "b"))[0]

    @pytest.mark.parametrize("other", [GOOD + " ", " " + GOOD, GOOD.title(), GOOD.replace(" ", "")])
    async def test_a02_nothing_is_trimmed_or_folded(self, other: str) -> None:
        hasher = cheap()
        assert not (await hasher.verify(await hasher.hash(GOOD), other))[0]
        assert (await hasher.verify(await hasher.hash(other), other))[0]

    async def test_a02_composed_and_decomposed_letters_are_the_same(self) -> None:
        hasher = cheap()
        composed, decomposed = "cr\u00e8me br\u00fbl\u00e9e ", "cre\u0300me bru\u0302le\u0301e "
        assert (await hasher.verify(await hasher.hash(composed), decomposed))[0]
        assert (await hasher.verify(await hasher.hash(decomposed), composed))[0]

    async def test_a02_compatible_letters_are_not_the_same(self) -> None:
        """NFKC would read the ligature as two letters and weaken the password."""
        hasher = cheap()
        assert not (await hasher.verify(await hasher.hash("waffle iron"), "wa\ufb04e iron"))[0]

    async def test_a03_blanks_nul_and_lone_surrogates_are_characters_like_others(self) -> None:
        hasher = cheap()
        for password in (" " * 15, "a\0b", "a\0c", "\ud800", "\udfff", ""):
            stored = await hasher.hash(password)
            for tried in (" " * 15, "a\0b", "a\0c", "\ud800", "\udfff", ""):
                assert (await hasher.verify(stored, tried))[0] is (tried == password)

    async def test_a_password_beyond_the_bound_never_fits_and_is_never_hashed(self) -> None:
        hasher = cheap()
        assert await hasher.verify(await hasher.hash("x" * 256), "x" * 257) == (False, None)
        with pytest.raises(ValueError, match="password_too_long"):
            await hasher.hash("x" * 257)


class TestUnknownAccounts:
    async def test_b04_no_hash_is_never_right(self) -> None:
        hasher = cheap()
        for password in (GOOD, "", "x" * 300):
            assert await hasher.verify(None, password) == (False, None)

    @pytest.mark.parametrize(
        "cell", ["", "!", "plain text", "$2b$12$abc", "$argon2id$v=19$m=8,t=1,p=1$"]
    )
    async def test_b04_a_cell_without_a_usable_hash_is_an_account_without_a_password(
        self, cell: str
    ) -> None:
        assert await cheap().verify(cell, GOOD) == (False, None)

    async def test_b04_unknown_disabled_and_wrong_take_the_same_time(self) -> None:
        hasher = PasswordHasher(memory_kib=4096)
        stored = await hasher.hash(GOOD)
        cases = {
            "wrong password": (stored, GOOD + "x"),
            "unknown account": (None, GOOD),
            "too long": (stored, "x" * 300),
            "no usable hash": ("!", GOOD),
        }
        times: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(40):
            for name, (hash, password) in cases.items():
                started = time.perf_counter()
                await hasher.verify(hash, password)
                times[name].append(time.perf_counter() - started)
        usual = statistics.median(times["wrong password"])
        for name, taken in times.items():
            assert 0.7 < statistics.median(taken) / usual < 1.4, name

    async def test_b04_the_dummy_has_the_current_parameters(self) -> None:
        assert PasswordHasher(memory_kib=24)._dummy.startswith("$argon2id$v=19$m=24,t=2,p=1$")


class TestLoad:
    async def test_b07_of_200_at_once_those_who_find_room_are_served_and_the_rest_refused(
        self,
    ) -> None:
        hasher = cheap(threads=2, queue=32)
        stored = await hasher.hash(GOOD)
        outcomes: list[object] = []

        async def sign_in() -> None:
            try:
                outcomes.append(await hasher.verify(stored, GOOD))
            except Unavailable as refusal:
                outcomes.append(refusal.retry_after_s)

        async with create_task_group() as tasks:
            for _ in range(200):
                tasks.start_soon(sign_in)
        assert outcomes.count((True, None)) == 34
        assert outcomes.count(1) == 166

    async def test_b07_the_refusal_waits_for_nothing(self) -> None:
        hasher = cheap(threads=1, queue=0)
        async with create_task_group() as tasks:
            tasks.start_soon(hasher.hash, GOOD)
            await lowlevel.checkpoint()
            refused = hasher.hash(GOOD)
            with pytest.raises(Unavailable, match="Try again in a moment"):
                refused.send(None)

    async def test_b07_there_is_room_again_afterwards(self) -> None:
        hasher = cheap(threads=1, queue=0)
        for _ in range(5):
            assert await hasher.verify(None, GOOD) == (False, None)

    async def test_a_caller_who_goes_away_frees_the_place(self) -> None:
        hasher = cheap(threads=1, queue=0)
        with CancelScope() as scope:
            scope.cancel()
            await hasher.hash(GOOD)
        assert await hasher.verify(None, GOOD) == (False, None)

    async def test_b07_no_more_hashes_run_at_a_time_than_there_are_threads(self) -> None:
        hasher = PasswordHasher(memory_kib=4096, threads=2)
        seen: set[int] = set()
        async with create_task_group() as tasks:
            for _ in range(12):
                tasks.start_soon(hasher.hash, GOOD)
            await lowlevel.checkpoint()
            while hasher._in_flight:
                seen.add(hasher._limiter.borrowed_tokens)
                await lowlevel.checkpoint()
        assert max(seen) == 2

    async def test_b07_other_work_goes_on_meanwhile(self) -> None:
        hasher = PasswordHasher(threads=1)
        turns = 0
        async with create_task_group() as tasks:
            tasks.start_soon(hasher.hash, GOOD)
            await lowlevel.checkpoint()
            while hasher._in_flight:
                turns += 1
                await lowlevel.checkpoint()
        assert turns > 100

    async def test_b07_a_place_is_had_before_anything_else_or_not_at_all(self) -> None:
        hasher = cheap(threads=1, queue=1)
        with hasher.place(), hasher.place():
            with pytest.raises(Unavailable), hasher.place():
                pass
            assert await hasher.verify(None, GOOD) == (False, None)
        with hasher.place():
            assert hasher.use.refused == 1

    async def test_b07_nobody_waits_longer_than_the_bound(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(passwords, "LONGEST_WAIT_S", 0.01)
        hasher = cheap(threads=1, queue=10)
        held = threading.Event()
        outcomes: list[object] = []

        async def sign_in() -> None:
            try:
                outcomes.append(await hasher.verify(None, GOOD))
            except Unavailable as refusal:
                outcomes.append(refusal.retry_after_s)
                held.set()

        hasher._threads.submit(held.wait, 10)
        async with create_task_group() as tasks:
            tasks.start_soon(sign_in)
            tasks.start_soon(sign_in)
        assert sorted(outcomes, key=str) == [(False, None), 1]
        assert hasher.use.waiting == hasher.use.running == 0

    @pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own")
    async def test_b07_threads_that_hash_give_way_to_the_one_that_answers(self) -> None:
        hasher = cheap(threads=1)
        await hasher.verify(None, GOOD)

        def niceness() -> int:
            return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

        usual = niceness()
        found = await get_running_loop().run_in_executor(hasher._threads, niceness)
        assert found == min(usual + passwords.NICENESS, 19)


class TestSecrecy:
    async def test_no_text_form_shows_a_password(self) -> None:
        hasher = cheap()
        stored = await hasher.hash(GOOD)
        assert GOOD not in f"{hasher!r} {hasher} {vars(hasher)!r} {stored}"
