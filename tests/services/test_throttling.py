"""What a process remembers of the counters, and the rules behind them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.rate_limit import Policy
from potluck.core.throttle_settings import ThrottleSettings, window_s
from potluck.models import RateLimit, SignInFailure
from potluck.resources import Resources
from potluck.services import throttling
from potluck.services.throttle_memory import ThrottleMemory
from potluck.services.throttling import Limit, network_of, policies
from potluck.worker import housekeeping
from tests.doubles import FakeClock

SECOND = 1_000_000
FOUR_A_MINUTE = Policy("test", quota=4, window_s=60)


async def take(resources: Resources, now_us: int, *, cost: int = 1) -> bool:
    async with resources.database.transaction() as session:
        taken = await crud.throttle.take(session, "key", FOUR_A_MINUTE, now_us, cost=cost)
        return taken.is_granted


class TestBudget:
    async def test_b03_four_at_once_and_then_one_every_quarter(self, resources: Resources) -> None:
        start = 10**15
        assert [await take(resources, start) for _ in range(5)] == [True] * 4 + [False]
        granted = [
            second for second in range(1, 61) if await take(resources, start + second * SECOND)
        ]
        assert granted == [15, 30, 45, 60]

    async def test_b03_what_was_refused_costs_nothing(self, resources: Resources) -> None:
        start = 10**15
        assert await take(resources, start, cost=3)
        assert not await take(resources, start, cost=2)
        assert await take(resources, start, cost=1)

    async def test_b03_after_a_pause_no_more_than_the_budget_is_there(
        self, resources: Resources
    ) -> None:
        start = 10**15
        await take(resources, start)
        later = start + 10_000 * SECOND
        assert [await take(resources, later) for _ in range(5)] == [True] * 4 + [False]

    async def test_b03_a_clock_that_went_back_gives_the_budget_anew(
        self, resources: Resources
    ) -> None:
        start = 10**15
        assert [await take(resources, start + 3600 * SECOND) for _ in range(5)].count(True) == 4
        assert [await take(resources, start) for _ in range(5)] == [True] * 4 + [False]


class TestMemory:
    def test_s12_it_is_bounded_whoever_comes(self, clock: FakeClock) -> None:
        memory = ThrottleMemory(clock, most=100)
        budget = FOUR_A_MINUTE.budget(0, 0)
        for number in range(10_000):
            memory.refuse(f"refused {number}", 60)
            memory.keep(f"kept {number}", 1, budget)
        assert len(memory) == 200
        assert memory.refused_s("refused 9999") == 60
        assert memory.refused_s("refused 0") == 0

    def test_s12_a_refusal_ends_by_itself(self, clock: FakeClock) -> None:
        clock.reset()
        memory = ThrottleMemory(clock)
        memory.refuse("key", 2.5)
        clock.advance(timedelta(seconds=2))
        assert memory.refused_s("key") == 0.5
        clock.advance(timedelta(seconds=0.5))
        assert (memory.refused_s("key"), len(memory)) == (0, 0)

    def test_a_block_is_spent_one_by_one(self, clock: FakeClock) -> None:
        memory = ThrottleMemory(clock)
        memory.keep("key", 2, FOUR_A_MINUTE.budget(0, 0))
        left = [memory.spend("key") for _ in range(3)]
        assert [budget and budget.remaining for budget in left] == [5, 4, None]
        assert len(memory) == 0


class TestPolicies:
    def test_every_setting_is_counted_over_the_time_that_it_tells(self) -> None:
        told = {60: "in a minute", 300: "in 5 minutes", 3600: "in an hour"}
        assert set(Limit) == set(ThrottleSettings.model_fields)
        for name, field in ThrottleSettings.model_fields.items():
            assert told[window_s(name)] in str(field.description)

    def test_n04_a_family_meets_none_of_the_defaults(self) -> None:
        """Somebody who types asks eight times a second at most, and signs in by hand."""
        found = policies(ThrottleSettings())
        assert set(found) == set(Limit)
        assert found[Limit.SEARCH].quota / found[Limit.SEARCH].window_s >= 8
        assert found[Limit.LOGIN].quota >= 30

    def test_zero_is_no_limit(self) -> None:
        assert policies(ThrottleSettings(**dict.fromkeys(Limit, 0))) == {}


class TestNetworkOf:
    @pytest.mark.parametrize(
        ("host", "counted"),
        [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("::1", "::/64"),
            ("testclient", "testclient"),
            ("", "unknown"),
            (None, "unknown"),
        ],
    )
    def test_b03_an_address_or_its_network(self, host: str | None, counted: str) -> None:
        assert network_of(host) == counted


class TestHousekeeping:
    async def test_s12_counters_that_say_nothing_any_more_go(
        self, resources: Resources, clock: FakeClock, session: AsyncSession
    ) -> None:
        async with resources.database.transaction() as unit:
            await resources.throttle.charge(unit, FOUR_A_MINUTE, "minute")
            now_us = resources.throttle.now_us()
            await crud.throttle.attempt(unit, "account", now_us)

        async def left() -> list[str]:
            await housekeeping.once(resources.database, resources.settings, clock)
            keys = [*await session.scalars(select(RateLimit.key))]
            keys += [*await session.scalars(select(SignInFailure.key))]
            await session.rollback()
            return keys

        assert await left() == ["minute", "account"]
        clock.advance(timedelta(seconds=15))
        assert await left() == ["account"]
        clock.advance(throttling.KEEP_ATTEMPTS)
        assert await left() == []


class TestAttemptsAtOnce:
    async def test_b01_one_that_began_earlier_and_is_counted_later_is_free_as_well(
        self, resources: Resources
    ) -> None:
        later_us, earlier_us = 2_000_000, 1_999_000
        async with resources.database.transaction() as unit:
            await crud.throttle.attempt(unit, "account", later_us)
            assert await crud.throttle.attempt(unit, "account", later_us) == 0
        async with resources.database.transaction() as unit:
            assert await crud.throttle.attempt(unit, "account", earlier_us) == 0
