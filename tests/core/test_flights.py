import asyncio

import pytest

from potluck.core.flights import Flights


class Work:
    """Calls that end when they are told to."""

    def __init__(self) -> None:
        self.begun = self.cancelled = 0
        self.started = asyncio.Event()
        self.may_end = asyncio.Event()

    async def run(self) -> int:
        self.begun += 1
        self.started.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.begun


async def fail() -> int:
    raise LookupError


class TestFlights:
    async def test_callers_of_one_moment_share_one_call(self) -> None:
        flights, work = Flights[str, int](), Work()
        callers = [asyncio.create_task(flights.join("soup", work.run)) for _ in range(3)]
        await work.started.wait()
        work.may_end.set()
        assert await asyncio.gather(*callers) == [1, 1, 1]

    async def test_the_next_moment_makes_its_own(self) -> None:
        flights, work = Flights[str, int](), Work()
        work.may_end.set()
        assert [await flights.join("soup", work.run) for _ in range(2)] == [1, 2]

    async def test_another_key_is_another_call(self) -> None:
        flights, work = Flights[str, int](), Work()
        callers = [asyncio.create_task(flights.join(key, work.run)) for key in ("soup", "stew")]
        await work.started.wait()
        work.may_end.set()
        await asyncio.gather(*callers)
        assert work.begun == 2

    async def test_everybody_hears_of_a_failure(self) -> None:
        flights = Flights[str, int]()
        callers = [asyncio.create_task(flights.join("soup", fail)) for _ in range(2)]
        outcomes = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(each) for each in outcomes] == [LookupError, LookupError]

    async def test_one_who_gives_up_leaves_the_others_their_call(self) -> None:
        flights, work = Flights[str, int](), Work()
        first, second = (asyncio.create_task(flights.join("soup", work.run)) for _ in range(2))
        await work.started.wait()
        first.cancel()
        await asyncio.wait([first])
        work.may_end.set()
        assert await second == 1
        assert (first.cancelled(), work.cancelled) == (True, 0)

    async def test_the_last_who_gives_up_ends_the_call(self) -> None:
        flights, work = Flights[str, int](), Work()
        callers = [asyncio.create_task(flights.join("soup", work.run)) for _ in range(2)]
        await work.started.wait()
        for each in callers:
            each.cancel()
        await asyncio.wait(callers)
        assert (work.begun, work.cancelled) == (1, 1)

    async def test_who_asks_while_a_call_is_being_ended_gets_a_new_one(self) -> None:
        flights, work = Flights[str, int](), Work()
        first = asyncio.create_task(flights.join("soup", work.run))
        await work.started.wait()
        first.cancel()
        second = asyncio.create_task(flights.join("soup", work.run))
        await asyncio.wait([first])
        work.may_end.set()
        assert await second == 2
        with pytest.raises(asyncio.CancelledError):
            await first
