"""What a job promises: done after the commit, once, whoever ends in the middle."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.errors import FetchRefused, FetchUnreachable
from potluck.crud.job_delivery import deliver
from potluck.domain.jobs import JobState
from potluck.models import Job, ScheduledWork, User
from potluck.resources import Resources
from potluck.schemas.job import FetchCover, KeepHouse
from potluck.services import jobs
from potluck.services.jobs import HeldJob, LeaseLost
from potluck.worker import lookout, runner
from potluck.worker.hold import Hold
from tests.conftest import gather
from tests.doubles import FakeClock, FakeFetcher
from tests.factories import Make
from tests.sent_pictures import picture

URL = "https://site.example/cake.jpg"


@pytest.fixture(autouse=True)
def site(fetcher: FakeFetcher) -> FakeFetcher:
    """It has one picture."""
    fetcher.pictures = {URL: picture()}
    return fetcher


async def enqueued(
    resources: Resources, *, key: str | None = None, user_id: UUID | None = None,
    after: timedelta = timedelta(0),
) -> UUID:  # fmt: skip
    """A job that fetches a picture for a recipe that is not there."""
    now = resources.clock.now()
    async with resources.database.transaction() as session:
        wish = FetchCover(recipe_id=uuid4(), url=URL)
        return await jobs.enqueue(
            session, wish, now=now, key=key, user_id=user_id, run_at=now + after
        )


async def row(session: AsyncSession, id: UUID) -> Job:
    await session.rollback()
    statement = select(Job).where(Job.id == id).execution_options(populate_existing=True)
    return (await session.scalars(statement)).one()


async def state(session: AsyncSession, id: UUID) -> tuple[JobState, int, str | None]:
    found = await row(session, id)
    return found.state, found.tries, found.error


async def taken(resources: Resources, id: UUID) -> HeldJob:
    """The job in the hands of a worker that says nothing any more."""
    lease = timedelta(seconds=resources.settings.jobs.lease_s)
    async with resources.database.transaction() as session:
        held = await jobs.take(session, id, now=resources.clock.now(), lease=lease)
    assert held is not None
    return held


class TestEnqueue:
    async def test_a_change_that_is_not_kept_leaves_no_job(
        self, resources: Resources, session: AsyncSession
    ) -> None:
        async def change() -> None:
            async with resources.database.transaction() as unit:
                await jobs.enqueue(unit, KeepHouse(), now=resources.clock.now())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await change()
        assert await session.scalar(select(func.count()).select_from(Job)) == 0
        assert await runner.run_due(resources) == 0

    async def test_while_one_with_the_key_is_live_nothing_is_added(
        self, resources: Resources, session: AsyncSession
    ) -> None:
        first = await enqueued(resources, key="one")
        assert await enqueued(resources, key="one") == first
        await taken(resources, first)
        assert await enqueued(resources, key="one") == first
        assert await session.scalar(select(func.count()).select_from(Job)) == 1

    async def test_once_it_has_ended_the_key_is_free(self, resources: Resources) -> None:
        first = await enqueued(resources, key="one")
        await runner.run_due(resources)
        assert await enqueued(resources, key="one") != first

    async def test_many_at_once_with_one_key_make_one_job(
        self, resources: Resources, session: AsyncSession
    ) -> None:
        ids = await gather(*[lambda: enqueued(resources, key="one")] * 5)
        assert len(set(ids)) == 1
        assert await session.scalar(select(func.count()).select_from(Job)) == 1

    async def test_one_connection_asks_for_any_number(self, resources: Resources) -> None:
        """From the tenth on, PostgreSQL plans a statement without its parameters."""
        key = "cover:twelve"
        ids = {await enqueued(resources, key=key) for _ in range(12)}
        assert len(ids) == 1

    async def test_it_waits_for_its_time(self, resources: Resources, clock: FakeClock) -> None:
        await enqueued(resources, after=timedelta(hours=1))
        assert await runner.run_due(resources) == 0
        clock.advance(timedelta(hours=1))
        assert await runner.run_due(resources) == 1

    async def test_what_it_is_to_do_does_not_lie_open(
        self, resources: Resources, session: AsyncSession
    ) -> None:
        id = await enqueued(resources)
        assert "site.example" not in (await row(session, id)).payload

    async def test_what_was_sealed_with_another_key_fails_and_is_told(
        self, resources: Resources, session: AsyncSession
    ) -> None:
        id = await enqueued(resources)
        async with resources.database.transaction() as unit:
            await unit.execute(update(Job).values(payload="v1.0123456789ab.AAAA"))
        await runner.run_due(resources)
        assert await state(session, id) == ("failed", 1, "unreadable-payload")


class TestOwner:
    async def test_a13_what_a_disabled_account_asked_for_is_not_done(
        self, resources: Resources, session: AsyncSession, make_user: Make[User],
        fetcher: FakeFetcher,
    ) -> None:  # fmt: skip
        ada = await make_user()
        id = await enqueued(resources, user_id=ada.id)
        async with resources.database.transaction() as unit:
            await unit.execute(update(User).values(disabled_at=resources.clock.now()))
        await runner.run_due(resources)
        assert (await state(session, id))[0] == "cancelled"
        assert fetcher.asked == []


class TestFailures:
    async def test_pauses_grow_until_the_job_is_given_up(
        self, resources: Resources, session: AsyncSession, clock: FakeClock, fetcher: FakeFetcher
    ) -> None:
        fetcher.pictures[URL] = FetchUnreachable()
        id = await enqueued(resources)
        pauses = []
        for _ in range(3):
            before = clock.now()
            await runner.run_due(resources)
            pauses.append(((await row(session, id)).run_at - before).total_seconds())
            clock.advance(timedelta(hours=1))
        await runner.run_due(resources)
        assert await state(session, id) == ("failed", 4, "fetch-unreachable")
        for pause, whole in zip(pauses, (120, 240, 480), strict=True):
            assert whole / 2 <= pause <= whole

    async def test_one_that_failed_can_be_had_again_with_all_its_tries(
        self, resources: Resources, session: AsyncSession, fetcher: FakeFetcher
    ) -> None:
        fetcher.pictures[URL] = FetchRefused()
        id = await enqueued(resources, key="one")
        await runner.run_due(resources)
        failed = await state(session, id)
        async with resources.database.transaction() as unit:
            assert await crud.job.renew(unit, id, now=resources.clock.now())
            await deliver(unit, id)
        assert (failed[0], await state(session, id)) == ("failed", ("queued", 0, None))
        assert await runner.run_due(resources) == 1
        assert len(fetcher.asked) == 2


class TestHolders:
    async def test_one_that_lost_its_lease_keeps_nothing_of_its_effect(
        self, resources: Resources, session: AsyncSession, clock: FakeClock, make_user: Make[User]
    ) -> None:
        ada = await make_user()
        first = await taken(resources, id := await enqueued(resources))
        clock.advance(timedelta(seconds=resources.settings.jobs.lease_s + 1))
        assert await lookout.take_over(resources) == 1
        await taken(resources, id)

        with pytest.raises(LeaseLost):
            async with Hold(resources, first).finishing() as unit:
                await unit.execute(update(User).values(display_name="Twice"))

        name = await session.scalar(select(User.display_name).where(User.id == ada.id))
        assert name == ada.display_name
        assert (await state(session, id))[:2] == ("running", 2)

    async def test_one_that_is_cancelled_keeps_nothing_either(
        self, resources: Resources, session: AsyncSession
    ) -> None:
        held = await taken(resources, id := await enqueued(resources, key="one"))
        async with resources.database.transaction() as unit:
            assert await jobs.cancel(unit, "one", now=resources.clock.now())
        with pytest.raises(LeaseLost):
            async with Hold(resources, held).finishing():
                pass
        with pytest.raises(LeaseLost):
            await Hold(resources, held).tell(1, 2)
        assert (await state(session, id))[0] == "cancelled"

    async def test_a_living_holder_is_left_alone(
        self, resources: Resources, clock: FakeClock
    ) -> None:
        await taken(resources, await enqueued(resources))
        clock.advance(timedelta(seconds=resources.settings.jobs.lease_s - 1))
        assert await lookout.take_over(resources) == 0
        assert await runner.run_due(resources) == 0

    async def test_it_tells_how_far_it_is(
        self, resources: Resources, session: AsyncSession
    ) -> None:
        held = await taken(resources, id := await enqueued(resources))
        await Hold(resources, held).tell(3, 10)
        found = await row(session, id)
        assert (found.done, found.total) == (3, 10)

    async def test_many_take_one_job_once(self, resources: Resources, fetcher: FakeFetcher) -> None:
        await enqueued(resources)
        done = await gather(*[lambda: runner.run_due(resources)] * 5)
        assert (sum(done), len(fetcher.asked)) == (1, 1)


class TestSchedule:
    async def test_each_appointed_time_is_asked_for_once_by_one_of_many(
        self, resources: Resources, session: AsyncSession, clock: FakeClock
    ) -> None:
        assert await lookout.appoint(resources) == 0
        clock.advance(timedelta(hours=6))
        assert sum(await gather(*[lambda: lookout.appoint(resources)] * 4)) == 1
        assert await lookout.appoint(resources) == 0
        kinds = list(await session.scalars(select(Job.kind)))
        assert kinds == ["keep-house"]

    async def test_times_that_passed_while_nobody_looked_are_made_up_for_once(
        self, resources: Resources, session: AsyncSession, clock: FakeClock
    ) -> None:
        await lookout.appoint(resources)
        clock.advance(timedelta(days=3))
        assert await lookout.appoint(resources) == 1
        assert await lookout.appoint(resources) == 0
        until = await session.scalar(select(ScheduledWork.asked_until))
        assert until is not None
        assert timedelta(0) <= clock.now() - until < timedelta(hours=6)
        assert (until.minute, until.hour % 6) == (17, 0)

    async def test_housekeeping_is_a_job_like_any_other(
        self, resources: Resources, session: AsyncSession, clock: FakeClock
    ) -> None:
        await lookout.appoint(resources)
        clock.advance(timedelta(hours=6))
        await lookout.appoint(resources)
        assert await runner.run_due(resources) == 1
        assert list(await session.scalars(select(Job.state))) == ["succeeded"]


class TestForgotten:
    async def test_what_ended_long_ago_goes(
        self, resources: Resources, session: AsyncSession, clock: FakeClock
    ) -> None:
        await enqueued(resources)
        await runner.run_due(resources)
        keep_days = resources.settings.jobs.keep_days
        for days, left in ((keep_days, 1), (1, 0)):
            clock.advance(timedelta(days=days))
            async with resources.database.transaction() as unit:
                await jobs.remove_ended(unit, clock.now(), keep_days=keep_days)
            assert await session.scalar(select(func.count()).select_from(Job)) == left
            await session.rollback()

    async def test_one_that_was_never_handed_over_is_handed_over_after_five_minutes(
        self, resources: Resources, clock: FakeClock
    ) -> None:
        """Its row waits, and whoever should bring it does not know of it."""
        await enqueued(resources)
        clock.advance(lookout.FORGOTTEN + timedelta(seconds=1))
        for _ in range(2):
            assert await lookout.take_over(resources) == 0
        assert await runner.run_due(resources) == 1
