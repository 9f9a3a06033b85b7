"""M-04 when attempts fail, hang, lapse or overlap: the effect is there once, or not at all."""

from datetime import timedelta

import anyio
import anyio.lowlevel
import httpx2
import pytest

from potluck.models import User
from potluck.resources import Resources
from potluck.services import idempotency
from tests.api.recipe_calls import URL, refusal
from tests.api.test_idempotency.calls import PAGE, count, is_replayed, post, told, uses
from tests.api.test_unit_of_work import failing_commits
from tests.conftest import As
from tests.doubles import FakeClock, FakeFetcher

IMPORT, ADDRESS = f"{URL}/import", "https://example.org/pie"
BODY = {"url": ADDRESS}
JUST_BEFORE = idempotency.CLAIM - timedelta(seconds=1)


@pytest.fixture
def page(fetcher: FakeFetcher) -> FakeFetcher:
    """A page to import; what it does `meanwhile` happens while the first attempt is at it."""
    fetcher.pages[ADDRESS] = PAGE
    return fetcher


class TestM04RefusedCommit:
    async def test_keeps_nothing_and_lets_the_key_go(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        async with failing_commits(resources):
            failed = await post(as_ada)
        assert refusal(failed) == (500, "internal")
        assert (await count(resources), await uses(resources)) == (0, [])
        again = await post(as_ada)
        assert (again.status_code, is_replayed(again)) == (201, False)


class TestM04CancelledRequest:
    async def test_lets_the_key_go(
        self, as_ada: httpx2.AsyncClient, resources: Resources, page: FakeFetcher
    ) -> None:
        with anyio.CancelScope() as scope:

            async def meanwhile(*_: object) -> None:
                scope.cancel()
                await anyio.lowlevel.checkpoint()

            page.meanwhile = meanwhile
            await post(as_ada, BODY, path=IMPORT)
        assert scope.cancelled_caught
        assert (await count(resources), await uses(resources)) == (0, [])
        page.meanwhile = None
        assert (await post(as_ada, BODY, path=IMPORT)).status_code == 201


class TestM04LapsedClaim:
    async def test_is_taken_over_after_30_seconds_and_the_overtaken_effect_is_undone(
        self,
        as_ada: httpx2.AsyncClient,
        resources: Resources,
        clock: FakeClock,
        page: FakeFetcher,
    ) -> None:
        seen: list[httpx2.Response] = []

        async def meanwhile(*_: object) -> None:
            page.meanwhile = None
            for by in (JUST_BEFORE, timedelta(seconds=1)):
                clock.advance(by)
                seen.append(await post(as_ada, BODY, path=f"{IMPORT}?again=true"))

        page.meanwhile = meanwhile
        overtaken = await post(as_ada, BODY, path=f"{IMPORT}?again=true")
        early, second = seen
        assert refusal(early) == (409, "idempotency-key-in-use")
        assert (second.status_code, is_replayed(second)) == (201, False)
        assert refusal(overtaken) == (409, "idempotency-key-in-use")
        assert await count(resources) == 1
        assert told(await post(as_ada, BODY, path=f"{IMPORT}?again=true")) == told(second)

    async def test_of_one_that_is_gone_may_be_used_for_something_else(
        self, as_ada: httpx2.AsyncClient, resources: Resources, clock: FakeClock
    ) -> None:
        await post(as_ada)
        await take_the_answer_away(resources)
        assert refusal(await post(as_ada)) == (409, "idempotency-key-in-use")
        clock.advance(idempotency.CLAIM)
        other = await post(as_ada, {"title": "Pie"})
        assert (other.status_code, is_replayed(other)) == (201, False)

    async def test_lapses_also_when_the_clock_was_set_back(
        self, as_: As, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        await post(await as_(ada))
        await take_the_answer_away(resources)
        clock.advance(-timedelta(minutes=5))
        assert (await post(await as_(ada))).status_code == 201

    async def test_that_fails_late_does_not_let_go_of_the_one_that_took_over(
        self,
        as_ada: httpx2.AsyncClient,
        resources: Resources,
        clock: FakeClock,
        page: FakeFetcher,
    ) -> None:
        async def meanwhile(*_: object) -> None:
            page.meanwhile = None
            clock.advance(idempotency.CLAIM)
            await post(as_ada, BODY, path=IMPORT)

        page.meanwhile = meanwhile
        failed = await post(as_ada, BODY, path=IMPORT)
        assert refusal(failed) == (409, "already-imported")
        again = await post(as_ada, BODY, path=IMPORT)
        assert (again.status_code, is_replayed(again)) == (201, True)
        assert await count(resources) == 1


class TestM04VanishedAccount:
    @pytest.mark.usefixtures("vanishing")
    async def test_is_refused_as_one_that_was_never_there(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        assert refusal(await post(as_ada)) == (401, "invalid-token")
        assert (await count(resources), await uses(resources)) == (0, [])


async def take_the_answer_away(resources: Resources) -> None:
    """As if the process had died after its claim."""
    async with resources.database.transaction() as session:
        [row] = await uses(resources)
        (await session.merge(row)).answer = None
