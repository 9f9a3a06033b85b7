"""B-01 to B-04: guessing passwords is slowed down, over all replicas, and locks nobody out."""

from datetime import timedelta
from functools import partial

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import RateLimit, SignInFailure, User
from potluck.resources import Resources
from potluck.services.throttle_memory import ThrottleMemory
from tests.api.auth_calls import login
from tests.conftest import client_of, gather
from tests.doubles import FakeClock
from tests.factories import Make
from tests.limits import believing, client_at, counted_elsewhere, limited

WRONG = "another long password"
#: Counted and hashed before the account closes.
TRIES = 6


async def wrong(client: httpx2.AsyncClient, user: User | str = "ada@example.org") -> int:
    email = user if isinstance(user, str) else user.email
    return (await login(client, email, WRONG)).status_code


async def close(client: httpx2.AsyncClient, email: str) -> None:
    """Try wrong passwords until the account closes."""
    assert [await wrong(client, email) for _ in range(TRIES + 1)] == [401] * TRIES + [429]


class TestB01Replicas:
    async def test_b01_of_64_at_once_over_two_replicas_six_are_hashed_at_most(
        self, app: FastAPI, replica: FastAPI, resources: Resources, ada: User
    ) -> None:
        other: Resources = replica.state.resources
        before = resources.passwords.use.computed + other.passwords.use.computed
        async with client_of(app) as one, client_of(replica) as two:
            tries = [partial(wrong, client, ada) for client in (one, two) for _ in range(32)]
            statuses = await gather(*tries)

        hashed = resources.passwords.use.computed + other.passwords.use.computed - before
        assert 1 <= hashed <= TRIES
        assert statuses.count(401) == hashed
        # Who waits too long for a connection is not counted, and may not try either.
        assert set(statuses) - {401, 503} == {429}

    async def test_b01_an_account_that_is_closed_is_closed_at_every_replica(
        self, client: httpx2.AsyncClient, replica: FastAPI, ada: User
    ) -> None:
        await close(client, ada.email)
        async with client_of(replica) as other:
            assert (await login(other, ada.email)).status_code == 429


class TestB01Delay:
    async def test_b01_it_doubles_from_a_second_to_fifteen_minutes(
        self, client: httpx2.AsyncClient, resources: Resources, clock: FakeClock, ada: User
    ) -> None:
        await close(client, ada.email)
        waits = []
        with limited(resources, login_per_address=0):
            for _ in range(12):
                resources.throttle.memory = ThrottleMemory(clock)
                answer = await login(client, ada.email, WRONG)
                assert answer.status_code == 429
                waits.append(int(answer.headers["Retry-After"]))
                clock.advance(timedelta(seconds=waits[-1]))
                assert await wrong(client, ada) == 401

        assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]

    async def test_b01_the_right_password_counts_as_well_while_it_is_closed(
        self, client: httpx2.AsyncClient, clock: FakeClock, ada: User
    ) -> None:
        await close(client, ada.email)
        assert (await login(client, ada.email)).status_code == 429
        clock.advance(timedelta(seconds=1))
        assert (await login(client, ada.email)).status_code == 200

    async def test_b01_a_success_begins_anew(
        self, client: httpx2.AsyncClient, session: AsyncSession, ada: User
    ) -> None:
        for _ in range(TRIES - 1):
            await wrong(client, ada)
        assert (await login(client, ada.email)).status_code == 200
        assert list(await session.scalars(select(SignInFailure))) == []
        await close(client, ada.email)

    async def test_b01_an_address_in_other_letters_is_the_same_account(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        for _ in range(TRIES):
            await wrong(client, "ADA@Example.org")
        assert await wrong(client, ada) == 429

    async def test_b01_a_clock_that_goes_back_closes_no_account_for_longer(
        self, client: httpx2.AsyncClient, resources: Resources, clock: FakeClock, ada: User
    ) -> None:
        clock.advance(timedelta(days=365))
        await close(client, ada.email)
        clock.reset()
        resources.throttle.memory = ThrottleMemory(clock)
        assert (await login(client, ada.email)).status_code == 200

    async def test_b01_a_flood_at_a_closed_account_costs_no_statement(
        self, client: httpx2.AsyncClient, statements: list[str], ada: User
    ) -> None:
        await close(client, ada.email)
        statements.clear()
        assert {await wrong(client, ada) for _ in range(50)} == {429}
        assert statements == []

    async def test_b01_no_connection_is_held_from_the_counting_to_the_success(
        self, client: httpx2.AsyncClient, most_held: list[int], ada: User
    ) -> None:
        assert (await login(client, ada.email)).status_code == 200
        assert set(most_held) == {1}


class TestB03Address:
    async def test_b03_says_when_to_come_back_and_works_then(
        self, client: httpx2.AsyncClient, resources: Resources, clock: FakeClock, ada: User
    ) -> None:
        with limited(resources, login_per_address=3):
            for number in range(3):
                assert await wrong(client, f"cook{number}@example.net") == 401
            refused = await login(client, ada.email)
            assert refused.status_code == 429
            assert refused.headers["Retry-After"] == "100"
            clock.advance(timedelta(seconds=99))
            assert (await login(client, ada.email)).status_code == 429
            clock.advance(timedelta(seconds=1))
            assert (await login(client, ada.email)).status_code == 200

    async def test_b03_tells_what_is_left(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User
    ) -> None:
        with limited(resources, login_per_address=2):
            told = []
            for _ in range(3):
                answer = await login(client, ada.email)
                fields = (answer.headers["RateLimit"], answer.headers["RateLimit-Policy"])
                told.append((answer.status_code, *fields))
        assert told == [
            (200, '"login";r=1;t=150', '"login";q=2;w=300'),
            (200, '"login";r=0;t=300', '"login";q=2;w=300'),
            (429, '"login";r=0;t=150', '"login";q=2;w=300'),
        ]

    @pytest.mark.parametrize(
        ("first", "second", "status"),
        [
            ("203.0.113.7", "203.0.113.7", 429),
            ("203.0.113.7", "203.0.113.8", 401),
            ("::ffff:203.0.113.7", "203.0.113.7", 429),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", 429),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", 401),
        ],
    )
    async def test_b03_an_ipv6_network_of_64_bits_is_one_address(
        self, app: FastAPI, resources: Resources, first: str, second: str, status: int
    ) -> None:
        with limited(resources, login_per_address=1):
            async with client_at(app, first) as one, client_at(app, second) as two:
                assert await wrong(one, "one@example.org") == 401
                assert await wrong(two, "two@example.org") == status

    @pytest.mark.parametrize(("trusted", "status"), [([], 429), (["127.0.0.1"], 401)])
    async def test_b06_who_sends_another_address_is_believed_only_as_a_named_proxy(
        self, app: FastAPI, resources: Resources, trusted: list[str], status: int
    ) -> None:
        statuses = []
        with limited(resources, login_per_address=1):
            for number in range(2):
                async with client_of(believing(app, trusted)) as client:
                    client.headers["X-Forwarded-For"] = f"203.0.113.{number}"
                    statuses.append(await wrong(client, f"cook{number}@example.org"))
        assert statuses == [401, status]

    async def test_b03_a_limit_holds_for_all_addresses_together(
        self, app: FastAPI, resources: Resources
    ) -> None:
        statuses = []
        with limited(resources, login_global=5):
            for number in range(7):
                async with client_at(app, f"203.0.113.{number}") as client:
                    statuses.append(await wrong(client, f"cook{number}@example.org"))
        assert statuses == [401] * 5 + [429] * 2

    async def test_b03_what_is_refused_for_one_reason_is_not_counted_for_another(
        self, client: httpx2.AsyncClient, resources: Resources, session: AsyncSession, ada: User
    ) -> None:
        with limited(resources, login_per_address=1):
            assert await wrong(client, "somebody@example.org") == 401
            resources.throttle.memory = ThrottleMemory(resources.clock)
            assert await wrong(client, ada) == 429
        key = resources.sign_ins.account(ada.email)
        assert await session.get(SignInFailure, key) is None

    async def test_b03_zero_is_no_limit(
        self, client: httpx2.AsyncClient, resources: Resources, session: AsyncSession
    ) -> None:
        with limited(resources, login_per_address=0, login_global=0):
            answer = await login(client, "eve@example.org", WRONG)
        assert answer.status_code == 401
        recorded = resources.throttle.key("refusals", "")
        assert list(await session.scalars(select(RateLimit.key))) == [recorded]

    async def test_b03_no_address_stands_in_the_counters(
        self, app: FastAPI, session: AsyncSession, ada: User
    ) -> None:
        async with client_at(app, "203.0.113.7") as client:
            await wrong(client, ada)
        rows = [*await session.scalars(select(RateLimit.key))]
        rows += [*await session.scalars(select(SignInFailure.key))]
        # Of the address, of all sign-ins, of what is recorded of refusals, and of the account.
        assert [len(key) for key in rows] == [64, 64, 64, 64]
        assert not [key for key in rows if not set(key) <= set("0123456789abcdef")]

    async def test_b03_nobody_may_try_while_nobody_counts(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User
    ) -> None:
        before = resources.passwords.use.computed
        async with (
            counted_elsewhere(resources, wait_s=0.05) as database,
            database.transaction() as session,
        ):
            await session.execute(select(RateLimit.key))
            answer = await login(client, ada.email)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert resources.passwords.use.computed == before


class TestB04:
    async def test_b04_slowed_down_reads_the_same_with_and_without_an_account(
        self, client: httpx2.AsyncClient, make_user: Make[User], ada: User
    ) -> None:
        answers = []
        for email in (ada.email, (await make_user()).email, "unknown@example.org", "no address"):
            statuses = [await wrong(client, email) for _ in range(TRIES + 1)]
            assert statuses == [401] * TRIES + [429]
            answer = await login(client, email)
            answers.append(answer)
        assert {answer.status_code for answer in answers} == {429}
        bodies = {answer.text.replace(answer.json()["request_id"], "") for answer in answers}
        assert len(bodies) == 1

    async def test_b04_the_answer_does_not_say_what_was_counted(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User
    ) -> None:
        await close(client, ada.email)
        by_account = await login(client, ada.email)
        with limited(resources, login_per_address=60, login_global=1):
            resources.throttle.memory = ThrottleMemory(resources.clock)
            await wrong(client, "first@example.org")
            by_all = await login(client, "second@example.org")
        told = [
            {name: value for name, value in answer.json().items() if name != "request_id"}
            for answer in (by_account, by_all)
        ]
        assert told[0] == told[1]
        assert by_account.headers["RateLimit-Policy"] == by_all.headers["RateLimit-Policy"]
        assert by_account.headers.keys() == by_all.headers.keys()
