"""The change feed misses nothing, whatever happens at the same moment and whatever clocks say."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import anyio
import httpx2
import pytest
from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.config import DatabaseSettings
from potluck.crud import recipe_feed
from potluck.models import Recipe, User
from potluck.resources import Resources
from potluck.schemas.recipe import RecipeCreate, RecipeUpdate
from potluck.services import recipes
from tests.api.recipe_calls import URL, create, patch, read
from tests.api.tag_calls import ANY
from tests.api.tag_calls import URL as TAGS
from tests.doubles import START, FakeClock
from tests.feed_reader import FeedReader, Json, truth

HOUR = timedelta(hours=1)
LESS_THAN_A_LOCK_IS_WAITED_FOR_S = DatabaseSettings.model_fields["lock_timeout_s"].default / 2
SECOND = timedelta(seconds=1)


def moment(at: datetime) -> str:
    """As the API writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@pytest.fixture
def _many_at_once(engine: str) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has one writer: units of work come one after the other")


many_at_once = pytest.mark.usefixtures("_many_at_once")


@pytest.fixture
def actor(ada: User) -> Actor:
    return Actor(user_id=ada.id)


@pytest.fixture
def reader(as_ada: httpx2.AsyncClient) -> FeedReader:
    return FeedReader(as_ada)


async def until_so_many_wait(resources: Resources, count: int) -> None:
    """Returns as soon as so many statements are held up by the locks of others."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with anyio.fail_after(10):
        while True:
            async with resources.database.reading() as session:
                if await session.scalar(waiting) == count:
                    return


@many_at_once
class TestSlowCommits:
    async def test_a_change_that_is_committed_late_comes_after_what_was_read_meanwhile(
        self,
        as_ada: httpx2.AsyncClient,
        actor: Actor,
        reader: FeedReader,
        resources: Resources,
        clock: FakeClock,
        session: AsyncSession,
    ) -> None:
        id = (await create(as_ada, title="Slow"))["id"]
        early = clock.now()
        clock.advance(SECOND)

        async with resources.database.transaction() as work:
            row = await crud.recipe.get_for_update(work, actor, UUID(id))
            await crud.recipe.update(work, row, {"summary": "Late"}, now=early)
            await create(as_ada, title="Quick")
            await reader.poll()
            await recipe_feed.stamp(work, row, now=early)
        await reader.poll()

        assert reader.copy == await truth(session)
        assert reader.known[id]["updated_at"] == moment(early + SECOND + timedelta(microseconds=1))

    async def test_who_comes_between_a_stamp_and_its_commit_waits_and_comes_after(
        self,
        as_ada: httpx2.AsyncClient,
        actor: Actor,
        reader: FeedReader,
        resources: Resources,
        clock: FakeClock,
    ) -> None:
        slow = (await create(as_ada, title="Slow"))["id"]
        early = clock.now()
        clock.advance(SECOND)
        made: list[Json] = []

        async def make() -> None:
            made.append(await create(as_ada, title="Quick"))

        async with anyio.create_task_group() as group, resources.database.transaction() as session:
            change = RecipeUpdate(summary="Late")
            await recipes.update(session, actor, UUID(slow), change, if_match="*", now=early)
            group.start_soon(make)
            await until_so_many_wait(resources, 1)
            await reader.poll()
            assert reader.told == [slow]
        await reader.poll()

        assert reader.told == [slow, slow, made[0]["id"]]
        assert reader.known[slow]["summary"] == "Late"


class TestClocks:
    async def test_of_two_replicas_may_differ_by_an_hour(
        self, actor: Actor, reader: FeedReader, resources: Resources, session: AsyncSession
    ) -> None:
        for offset in (HOUR, timedelta(0), HOUR, timedelta(0)):
            async with resources.database.transaction() as work:
                data = RecipeCreate(title=f"Clock {offset}")
                made = (await recipes.create(work, actor, data, now=START + offset)).recipe
            await reader.poll()
            assert reader.told[-1] == str(made.id)
            assert made.created_at == START + offset

        assert reader.copy == await truth(session)
        order = sorted(each["updated_at"] for each in reader.copy[0].values())
        assert order == [START + HOUR + timedelta(microseconds=n) for n in range(4)]

    async def test_may_be_set_back_when_the_newest_change_is_gone_for_good(
        self, actor: Actor, reader: FeedReader, resources: Resources
    ) -> None:
        """A household that is closed takes its recipes with it and leaves no tombstones."""
        async with resources.database.transaction() as session:
            await recipes.create(session, actor, RecipeCreate(title="Gone"), now=START + HOUR)
        await reader.poll()

        async with resources.database.transaction() as session:
            await session.execute(delete(Recipe))
            made = await recipes.create(session, actor, RecipeCreate(title="New"), now=START)

        await reader.poll()
        assert reader.told[-1] == str(made.recipe.id)


@many_at_once
class TestTags:
    @pytest.fixture
    async def soup(self, as_ada: httpx2.AsyncClient) -> Json:
        made = await create(as_ada, title="Borscht", tags=[{"name": "Soup"}])
        tag: Json = made["tags"][0]
        return tag

    @pytest.mark.parametrize("change", ["rename", "delete"])
    async def test_a_recipe_that_gains_a_tag_while_it_changes_is_told_again(
        self,
        as_ada: httpx2.AsyncClient,
        soup: Json,
        change: str,
        actor: Actor,
        reader: FeedReader,
        resources: Resources,
        session: AsyncSession,
    ) -> None:
        id = (await create(as_ada, title="Goulash"))["id"]
        answers: list[httpx2.Response] = []

        async def change_tag() -> None:
            path = f"{TAGS}/{soup['id']}"
            rename = {"json": {"name": "SOUP"}, "headers": ANY}
            answers.append(
                await as_ada.patch(path, **rename)  # type: ignore[arg-type]
                if change == "rename"
                else await as_ada.delete(path, headers=ANY)
            )

        async with anyio.create_task_group() as group, resources.database.transaction() as work:
            row = await crud.recipe.get_for_update(work, actor, UUID(id))
            tags = await crud.tag.with_ids(work, row.household_id, [UUID(soup["id"])])
            await crud.recipe.set_tags(work, row, list(tags.values()))
            await crud.recipe.update(work, row, {"summary": "With a tag"}, now=START)
            group.start_soon(change_tag)
            await until_so_many_wait(resources, 1)
            await recipe_feed.stamp(work, row, now=START)

        assert answers[0].status_code in {200, 204}
        found = (await read(as_ada, id)).json()
        assert [tag["name"] for tag in found["tags"]] == (["SOUP"] if change == "rename" else [])
        assert found["version"] == row.version + 1
        assert datetime.fromisoformat(found["updated_at"]) > row.updated_at
        await reader.poll()
        assert reader.copy == await truth(session)

    async def test_a_change_waits_for_who_is_changing_a_recipe_with_the_tag(
        self, as_ada: httpx2.AsyncClient, soup: Json, actor: Actor, resources: Resources
    ) -> None:
        (borscht,) = (await as_ada.get(URL)).json()["items"]
        answers: list[httpx2.Response] = []

        async def rename() -> None:
            path = f"{TAGS}/{soup['id']}"
            answers.append(await as_ada.patch(path, json={"name": "Soups"}, headers=ANY))

        async with anyio.create_task_group() as group, resources.database.transaction() as session:
            await crud.recipe.get_for_update(session, actor, UUID(borscht["id"]))
            group.start_soon(rename)
            await until_so_many_wait(resources, 1)

        assert answers[0].status_code == 200

    async def test_a_change_does_not_wait_for_who_holds_a_recipe_that_gained_the_tag_meanwhile(
        self, as_ada: httpx2.AsyncClient, soup: Json, actor: Actor, resources: Resources
    ) -> None:
        """The one who holds it may be waiting for the tag: neither would ever go on."""
        goulash = await create(as_ada, title="Goulash")
        answers: list[httpx2.Response] = []
        transaction = resources.database.transaction

        async def rename() -> None:
            path = f"{TAGS}/{soup['id']}"
            answers.append(await as_ada.patch(path, json={"name": "Soups"}, headers=ANY))

        async with transaction() as holds_the_recipe, anyio.create_task_group() as group:
            group.cancel_scope.deadline = anyio.current_time() + LESS_THAN_A_LOCK_IS_WAITED_FOR_S
            async with transaction() as refers_to_the_tag:
                household_id = UUID(goulash["household_id"])
                await crud.tag.with_ids(refers_to_the_tag, household_id, [UUID(soup["id"])])
                group.start_soon(rename)
                await until_so_many_wait(resources, 1)
                await patch(as_ada, goulash["id"], tags=[{"id": soup["id"]}])
                await crud.recipe.get_for_update(holds_the_recipe, actor, UUID(goulash["id"]))

        assert (answers[0].status_code, answers[0].headers["Retry-After"]) == (503, "1")
        await rename()
        assert answers[1].status_code == 200
