"""What is kept, for how long, and who is asked how often; apart from any site."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from potluck import schemas
from potluck.clients.ideas import Idea, NotConfigured, RateLimited, Refused, Unreachable
from potluck.core.config import IdeasSettings
from potluck.services.ideas import IdeasMemory, gather_ideas
from tests.doubles import START, FakeClock, FakeIdeas
from tests.log_capture import captured

SOUP = Idea(
    id="reddit:1",
    source="recipes",
    title="Soup",
    url="https://www.reddit.com/r/recipes/comments/1/soup/",
    link="https://kitchen.example/soup",
    score=10,
    comments=2,
    posted_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
)


class Kitchen:
    """One process: its clock, its memory, and the sources around it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.source = FakeIdeas()
        self.memory = IdeasMemory(self.clock)
        self.settings = IdeasSettings(subreddits=["recipes", "easyrecipes"])

    async def gather(self, limit: int = 5) -> schemas.Ideas:
        return await gather_ideas(self.source, self.memory, self.settings, limit=limit)

    async def status(self) -> list[tuple[str, str | None, bool]]:
        """Of each source: status, reason, cached."""
        found = await self.gather()
        return [(each.status, each.reason, each.cached) for each in found.sources]

    def wait(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


OK, KEPT = ("ok", None, False), ("ok", None, True)


class TestOrder:
    async def test_is_by_score_then_by_age_then_by_id(self, kitchen: Kitchen) -> None:
        earlier = SOUP.posted_at - timedelta(hours=1)
        kitchen.source.known = {
            "recipes": [replace(SOUP, id="low", score=1), replace(SOUP, id="b"), SOUP],
            "easyrecipes": [
                replace(SOUP, id="high", score=11),
                replace(SOUP, id="older", posted_at=earlier),
            ],
        }
        found = await kitchen.gather()
        assert [idea.id for idea in found.items] == ["high", "older", "b", "reddit:1", "low"]

    async def test_sources_are_in_the_order_of_the_settings(self, kitchen: Kitchen) -> None:
        found = await kitchen.gather()
        assert [each.name for each in found.sources] == ["recipes", "easyrecipes"]

    async def test_limit_counts_for_each_source(self, kitchen: Kitchen) -> None:
        many = [replace(SOUP, id=str(number), score=number) for number in range(9, 0, -1)]
        kitchen.source.known = {"recipes": many, "easyrecipes": many[:1]}
        found = await kitchen.gather(limit=2)
        assert [idea.id for idea in found.items] == ["9", "9", "8"]
        assert [each.count for each in found.sources] == [2, 1]

    async def test_without_sources_there_is_nothing(self, kitchen: Kitchen) -> None:
        kitchen.settings = IdeasSettings(subreddits=[])
        found = await kitchen.gather()
        assert (found.items, found.sources) == ([], [])


class TestMemory:
    async def test_answer_is_kept_as_long_as_the_settings_say(self, kitchen: Kitchen) -> None:
        assert await kitchen.status() == [OK, OK]
        kitchen.wait(899)
        assert await kitchen.status() == [KEPT, KEPT]
        kitchen.wait(1)
        assert await kitchen.status() == [OK, OK]
        assert len(kitchen.source.asked) == 4

    async def test_kept_answer_says_when_it_was_fetched(self, kitchen: Kitchen) -> None:
        await kitchen.gather()
        kitchen.wait(60)
        found = await kitchen.gather()
        assert [each.fetched_at for each in found.sources] == [START, START]

    async def test_one_answer_serves_every_limit(self, kitchen: Kitchen) -> None:
        kitchen.source.known["recipes"] = [replace(SOUP, id=str(number)) for number in range(30)]
        assert [len((await kitchen.gather(limit)).items) for limit in (1, 25, 5)] == [1, 25, 5]
        assert kitchen.source.asked == ["recipes", "easyrecipes"]

    async def test_zero_seconds_keep_nothing(self, kitchen: Kitchen) -> None:
        kitchen.settings = IdeasSettings(subreddits=["recipes"], cache_s=0)
        kitchen.source.known["recipes"] = Refused()
        assert await kitchen.status() == [("failed", "refused", False)]
        kitchen.source.known["recipes"] = [SOUP]
        assert await kitchen.status() == [OK]
        assert await kitchen.status() == [OK]

    async def test_failure_is_kept_half_a_minute(self, kitchen: Kitchen) -> None:
        kitchen.source.known["recipes"] = Unreachable()
        assert await kitchen.status() == [("failed", "unreachable", False), OK]
        kitchen.wait(29)
        kitchen.source.known["recipes"] = [SOUP]
        assert await kitchen.status() == [("failed", "unreachable", True), KEPT]
        kitchen.wait(1)
        assert await kitchen.status() == [OK, KEPT]

    @pytest.mark.parametrize(("asked_for_s", "kept_s"), [(None, 30), (5, 30), (300, 300)], ids=str)
    async def test_source_that_wants_to_be_left_alone_is(
        self, kitchen: Kitchen, asked_for_s: int | None, kept_s: int
    ) -> None:
        kitchen.source.known["recipes"] = RateLimited(asked_for_s)
        await kitchen.gather()
        kitchen.wait(kept_s - 1)
        assert (await kitchen.status())[0] == ("failed", "rate_limited", True)
        kitchen.wait(1)
        assert (await kitchen.status())[0] == ("failed", "rate_limited", False)

    async def test_failure_shows_no_old_ideas(self, kitchen: Kitchen) -> None:
        kitchen.source.known["recipes"] = [SOUP]
        await kitchen.gather()
        kitchen.wait(900)
        kitchen.source.known["recipes"] = Unreachable()
        found = await kitchen.gather()
        assert found.items == []
        assert (found.sources[0].count, found.sources[0].fetched_at) == (0, None)

    async def test_many_at_once_ask_once(self, kitchen: Kitchen) -> None:
        all_asked = asyncio.Barrier(3)  # both sources, and the test

        async def wait(_name: str) -> None:
            await all_asked.wait()

        kitchen.source.meanwhile = wait
        asking = [asyncio.create_task(kitchen.gather()) for _ in range(20)]
        await all_asked.wait()
        found = await asyncio.gather(*asking)
        assert kitchen.source.asked == ["recipes", "easyrecipes"]
        assert {each.cached for one in found for each in one.sources} == {False}


class TestFailures:
    async def test_one_does_not_hide_the_others(self, kitchen: Kitchen) -> None:
        kitchen.source.known = {"recipes": Refused(), "easyrecipes": [SOUP]}
        found = await kitchen.gather()
        assert [idea.id for idea in found.items] == ["reddit:1"]
        assert await kitchen.status() == [("failed", "refused", True), KEPT]

    async def test_half_configured_source_is_no_failure(self, kitchen: Kitchen) -> None:
        kitchen.source.known = {"recipes": NotConfigured()}
        assert await kitchen.status() == [("not_configured", None, False), OK]

    async def test_what_nobody_expected_is_a_bad_answer_and_is_logged(
        self, kitchen: Kitchen
    ) -> None:
        kitchen.source.known = {"recipes": ZeroDivisionError("soup"), "easyrecipes": [SOUP]}
        with captured() as log:
            assert await kitchen.status() == [("failed", "bad_answer", False), OK]
        (event,) = log.events
        assert (event["event"], event["level"]) == ("ideas_source_broke", "error")
        assert (event["source"], "ZeroDivisionError: soup" in event["exception"]) == (
            "recipes",
            True,
        )

    async def test_expected_ones_are_a_warning_each_time_a_source_is_asked(
        self, kitchen: Kitchen
    ) -> None:
        kitchen.source.known = {"recipes": Refused()}
        with captured() as log:
            await kitchen.gather()
            await kitchen.gather()
        (event,) = log.events
        assert (event["event"], event["level"]) == ("ideas_source_failed", "warning")
        assert (event["source"], event["reason"]) == ("recipes", "refused")

    async def test_each_source_has_a_time_out_of_its_own(self, kitchen: Kitchen) -> None:
        async def stall(name: str) -> None:
            if name == "recipes":
                await asyncio.Event().wait()

        kitchen.settings = IdeasSettings(subreddits=["recipes", "easyrecipes"], timeout_s=0.05)
        kitchen.source.meanwhile = stall
        assert await kitchen.status() == [("failed", "too_slow", False), OK]


class TestCancellation:
    async def test_ends_the_questions_and_keeps_nothing(self, kitchen: Kitchen) -> None:
        ended: list[str] = []
        all_asked = asyncio.Barrier(3)

        async def stall(name: str) -> None:
            await all_asked.wait()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(name)

        kitchen.source.meanwhile = stall
        asking = asyncio.create_task(kitchen.gather())
        await all_asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert sorted(ended) == ["easyrecipes", "recipes"]
        kitchen.source.meanwhile = None
        assert await kitchen.status() == [OK, OK]
