"""Pictures that are fetched after the answer."""

import asyncio
from datetime import timedelta

import anyio
import httpx2
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.config import Settings
from potluck.core.errors import (
    AppError,
    FetchRefused,
    FetchTooLarge,
    FetchTooSlow,
    FetchUnreachable,
    NotAPage,
    Unavailable,
)
from potluck.db.bells import Bell
from potluck.main import create_app
from potluck.models import Media, Recipe, User
from potluck.resources import Resources
from potluck.worker import lookout, runner, service
from tests.api.recipe_calls import URL, create, delete, etag, patch, read
from tests.conftest import As, checked_out, gather, running_tasks
from tests.doubles import FakeClock, FakeFetcher
from tests.factories import Make
from tests.queued_jobs import live_jobs
from tests.sent_pictures import picture, put_cover

CAKE = "https://site.example/cake.jpg?size=large&token=s3cret"
PIE = "https://site.example/pie.jpg"


@pytest.fixture
async def as_ada(as_: As, make_user: Make[User]) -> httpx2.AsyncClient:
    return await as_(await make_user())


@pytest.fixture
def web(fetcher: FakeFetcher) -> FakeFetcher:
    """A site with pictures of a cake and a pie."""
    fetcher.pictures = {CAKE: picture(), PIE: picture(colour="#204060")}
    return fetcher


async def pending(session: AsyncSession) -> list[tuple[str, int]]:
    return [(wish.url, row.tries) for wish, row in await live_jobs(session, "fetch-cover")]


async def stored(session: AsyncSession) -> list[Media]:
    await session.rollback()
    return list(await session.scalars(select(Media).order_by(Media.id)))


async def shown(client: httpx2.AsyncClient, id: str) -> str | None:
    found: str | None = (await read(client, id)).json()["image_url"]
    return found


async def is_told(resources: Resources) -> bool:
    """Whether somebody is told of a job: in this process on SQLite, by procrastinate otherwise."""
    if resources.settings.database_url.engine == "sqlite":
        bell = resources.database.bells[Bell.JOBS]
        is_set = bell.is_set()
        bell.clear()
        return is_set
    async with resources.database.reading() as session:
        count: int | None = await session.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
        return count == 1


class TestFetched:
    async def test_the_picture_of_a_new_recipe_comes_after_the_answer(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        recipe = await create(as_ada, image_url=CAKE)
        before = await etag(as_ada, recipe["id"])
        assert (recipe["image_url"], web.asked) == (CAKE, [])

        assert await runner.run_due(resources) == 1

        (media,) = await stored(session)
        assert [url for url, _ in web.asked] == [CAKE]
        assert f"/media/{recipe['id']}/{media.id}/" in str(await shown(as_ada, recipe["id"]))
        assert media.origin_url == CAKE
        now = await read(as_ada, recipe["id"])
        assert now.headers["ETag"] != before
        assert (now.json()["version"], now.json()["revision"]) == (2, 1)
        assert await pending(session) == []
        assert await runner.run_due(resources) == 0

    async def test_the_picture_of_an_imported_page_as_well(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources
    ) -> None:
        page = f"""<script type="application/ld+json">{{"@context": "https://schema.org",
            "@type": "Recipe", "name": "Cake", "image": "{PIE}",
            "recipeIngredient": ["1 egg"], "recipeInstructions": "Mix."}}</script>"""
        answer = await as_ada.post(f"{URL}/import", json={"html": page})
        recipe = answer.json()["recipe"]
        assert recipe["image_url"] == PIE
        await runner.run_due(resources)
        assert f"/media/{recipe['id']}/" in str(await shown(as_ada, recipe["id"]))
        assert len(web.asked) == 1

    async def test_another_address_lets_the_fetched_picture_go_and_fetches_anew(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        recipe = await create(as_ada, image_url=CAKE)
        await runner.run_due(resources)
        first = await shown(as_ada, recipe["id"])
        changed = await patch(as_ada, recipe["id"], image_url=PIE)
        assert changed["image_url"] == PIE
        await runner.run_due(resources)
        (media,) = await stored(session)
        assert media.origin_url == PIE
        assert await shown(as_ada, recipe["id"]) not in {first, PIE}
        assert len(web.asked) == 2

    async def test_one_digest_serves_recipes_of_two_households(
        self, as_: As, make_user: Make[User], web: FakeFetcher, resources: Resources,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        for _ in range(2):
            await create(await as_(await make_user()), image_url=CAKE)
        assert await runner.run_due(resources) == 2
        first, second = await stored(session)
        assert first.digest == second.digest
        assert first.household_id != second.household_id
        assert len(web.asked) == 2

    async def test_nobody_holds_a_connection_while_it_is_fetched(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources
    ) -> None:
        await create(as_ada, image_url=CAKE)
        held = []

        async def meanwhile(_url: str, _asker: str) -> None:
            held.append(checked_out(resources))

        web.meanwhile = meanwhile
        await runner.run_due(resources)
        assert held == [0]


class TestChangedMeanwhile:
    """The site takes its time, and the recipe goes on."""

    @pytest.mark.parametrize("change", ["address", "sent", "removed", "none", "trash"])
    async def test_only_what_is_still_wanted_is_shown(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession, change: str,
    ) -> None:  # fmt: skip
        recipe = await create(as_ada, image_url=CAKE)
        id = recipe["id"]

        async def meanwhile(url: str, _asker: str) -> None:
            if url != CAKE:
                return
            if change == "address":
                await patch(as_ada, id, image_url=PIE)
            elif change == "sent":
                await put_cover(as_ada, id, picture(colour="#00ff00"))
            elif change == "removed":
                await as_ada.delete(f"{URL}/{id}/cover")
            elif change == "trash":
                await delete(as_ada, id)

        web.meanwhile = meanwhile
        await runner.run_due(resources)

        origins = [media.origin_url for media in await stored(session)]
        expected: dict[str, list[str | None]] = {
            "address": [PIE], "sent": [None], "removed": [], "none": [CAKE], "trash": [CAKE],
        }  # fmt: skip
        assert origins == expected[change]
        assert await pending(session) == []

    async def test_a_recipe_that_is_gone_is_no_failure(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession, clock: FakeClock,
    ) -> None:  # fmt: skip
        recipe = await create(as_ada, image_url=CAKE)
        await delete(as_ada, recipe["id"])

        async def meanwhile(_url: str, _asker: str) -> None:
            async with resources.database.transaction() as unit:
                later = clock.now() + timedelta(days=1)
                assert await crud.recipe.purge(unit, deleted_before=later, limit=9) == 1

        web.meanwhile = meanwhile
        assert await runner.run_due(resources) == 1
        assert (await stored(session), await pending(session)) == ([], [])


class TestFailures:
    @pytest.mark.parametrize(
        "failure", [FetchUnreachable(), FetchTooSlow()], ids=["unreachable", "too slow"]
    )
    async def test_are_tried_four_times_with_pauses_that_grow(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession, clock: FakeClock, failure: AppError,
    ) -> None:  # fmt: skip
        await create(as_ada, image_url=CAKE)
        web.pictures[CAKE] = failure
        for pause in (timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8)):
            assert await runner.run_due(resources) == 1
            clock.advance(pause / 2 - timedelta(seconds=1))
            assert await runner.run_due(resources) == 0
            clock.advance(pause / 2 + timedelta(seconds=1))
        assert await pending(session) == [(CAKE, 3)]
        assert await runner.run_due(resources) == 1
        assert await pending(session) == []
        assert len(web.asked) == 4
        assert list(await session.scalars(select(Recipe.version))) == [1]

    async def test_the_second_try_may_do(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession, clock: FakeClock,
    ) -> None:  # fmt: skip
        await create(as_ada, image_url=CAKE)
        found, web.pictures[CAKE] = web.pictures[CAKE], FetchUnreachable()
        await runner.run_due(resources)
        web.pictures[CAKE] = found
        clock.advance(timedelta(minutes=2))
        await runner.run_due(resources)
        assert [media.origin_url for media in await stored(session)] == [CAKE]
        assert await pending(session) == []

    async def test_of_our_own_are_no_reason_to_give_a_picture_up(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession, clock: FakeClock,
    ) -> None:  # fmt: skip
        await create(as_ada, image_url=CAKE)
        found, web.pictures[CAKE] = web.pictures[CAKE], Unavailable("The disk is full.")
        for _ in range(5):
            assert await runner.run_due(resources) == 1
            assert await runner.run_due(resources) == 0
            clock.advance(runner.OURS)
        web.pictures[CAKE] = found
        await runner.run_due(resources)
        assert [media.origin_url for media in await stored(session)] == [CAKE]
        assert await pending(session) == []

    @pytest.mark.parametrize(
        "found",
        [FetchRefused(), NotAPage(), FetchTooLarge(), b"<svg/>", picture()[:500]],
        ids=["refused", "no picture", "too large", "svg", "cut short"],
    )
    async def test_what_asking_again_cannot_change_is_given_up_at_once(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession, found: bytes | AppError,
    ) -> None:  # fmt: skip
        await create(as_ada, image_url=CAKE)
        web.pictures[CAKE] = found
        assert await runner.run_due(resources) == 1
        assert (await pending(session), await stored(session)) == ([], [])

    async def test_one_that_fails_holds_no_other_up(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        await create(as_ada, image_url="https://nowhere.example/x.jpg")
        await create(as_ada, image_url=CAKE)
        assert await runner.run_due(resources) == 2
        assert [media.origin_url for media in await stored(session)] == [CAKE]
        assert len(web.asked) == 2

    async def test_the_log_does_not_repeat_the_query_of_an_address(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        await create(as_ada, image_url=CAKE)
        web.pictures[CAKE] = FetchRefused()
        await runner.run_due(resources)
        assert "cover_failed" in caplog.text
        assert "site.example" in caplog.text
        assert "s3cret" not in caplog.text


class TestProcesses:
    async def test_one_that_is_stopped_in_the_middle_hands_the_work_back(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        await create(as_ada, image_url=CAKE)

        async def stopped(_url: str, _asker: str) -> None:
            scope.cancel()
            await anyio.lowlevel.checkpoint()

        web.meanwhile = stopped
        with anyio.CancelScope() as scope:
            await runner.run_due(resources)
        web.meanwhile = None
        assert scope.cancelled_caught
        assert await pending(session) == [(CAKE, 0)]

        assert await runner.run_due(resources) == 1
        assert [media.origin_url for media in await stored(session)] == [CAKE]

    async def test_a_picture_that_ends_every_process_is_given_up_in_the_end(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession, clock: FakeClock,
    ) -> None:  # fmt: skip
        await create(as_ada, image_url=CAKE)
        lease = timedelta(seconds=resources.settings.jobs.lease_s)
        ((_, row),) = await live_jobs(session, "fetch-cover")
        for _ in range(3):
            async with resources.database.transaction() as unit:
                assert await crud.job.take(unit, row.id, now=clock.now(), lease=lease)
            clock.advance(lease + timedelta(seconds=1))
            assert await lookout.take_over(resources) == 1
        web.pictures[CAKE] = FetchUnreachable()
        await runner.run_due(resources)
        assert await pending(session) == []

    async def test_several_share_the_work_and_none_is_done_twice(
        self, as_ada: httpx2.AsyncClient, web: FakeFetcher, resources: Resources,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        for number in range(4):
            url = f"https://site.example/{number}.jpg"
            web.pictures[url] = picture(64, 48)
            await create(as_ada, image_url=url)

        done = await gather(*[lambda: runner.run_due(resources)] * 3)

        assert sum(done) == 4
        assert sorted(url for url, _ in web.asked) == sorted(set(web.pictures) - {CAKE, PIE})
        assert len(await stored(session)) == 4

    async def test_a_save_wakes_who_waits_once_it_is_committed(
        self, as_ada: httpx2.AsyncClient, resources: Resources, web: FakeFetcher
    ) -> None:
        resources.database.bells[Bell.JOBS].clear()
        await create(as_ada)
        await as_ada.post(URL, json={"title": "", "image_url": CAKE})
        assert not await is_told(resources)
        await create(as_ada, image_url=CAKE)
        assert await is_told(resources)
        assert web.asked == []


class TestRun:
    @pytest.fixture
    def asked(self, web: FakeFetcher) -> asyncio.Event:
        """Is set as soon as a picture is asked for."""
        asked = asyncio.Event()

        async def meanwhile(_url: str, _asker: str) -> None:
            asked.set()

        web.meanwhile = meanwhile
        return asked

    async def test_a_save_is_worked_on_at_once_until_the_service_stops(
        self, as_ada: httpx2.AsyncClient, asked: asyncio.Event, resources: Resources
    ) -> None:
        async with asyncio.timeout(20), service.working(resources) as tasks:
            await create(as_ada, image_url=CAKE)
            await asked.wait()
        assert all(task.cancelled() for task in tasks)

    async def test_what_an_ended_process_has_left_is_worked_on_at_the_start(
        self, as_ada: httpx2.AsyncClient, asked: asyncio.Event, resources: Resources
    ) -> None:
        await create(as_ada, image_url=CAKE)
        resources.database.bells[Bell.JOBS].clear()
        async with asyncio.timeout(20), service.working(resources):
            await asked.wait()

    async def test_the_shipped_app_does_so_and_leaves_nothing_running(
        self, settings: Settings, clock: FakeClock
    ) -> None:
        before = running_tasks()
        app = create_app(settings, clock=clock, fetcher=FakeFetcher())
        async with app.router.lifespan_context(app):
            names = {task.get_name() for task in running_tasks() - before}
        assert names >= {"jobs", "job-lookout", "search-index"}
        assert running_tasks() - before == set()
