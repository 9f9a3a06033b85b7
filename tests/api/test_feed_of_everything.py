"""Every change of a recipe has its place in the change feed, one by one and all at once."""

import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.models import User
from potluck.resources import Resources
from tests.api.recipe_calls import URL, create, patch, read
from tests.api.tag_calls import ANY
from tests.api.tag_calls import URL as TAGS
from tests.doubles import START, FakeClock, FakeFetcher
from tests.feed_reader import FeedReader, Json, truth
from tests.log_capture import captured
from tests.sent_pictures import picture
from tests.services.page_reading.pages import with_recipe
from tests.stamp_guard import StampGuard


class TestEveryChange:
    """With a clock that stands still, so that nothing but the stamp tells first from last."""

    @pytest.fixture
    async def page(self, fetcher: FakeFetcher) -> str:
        address = "https://kitchen.example/soup"
        fetcher.pages[address] = with_recipe()
        return address

    async def test_comes_after_the_one_before(
        self, as_ada: httpx2.AsyncClient, page: str, session: AsyncSession
    ) -> None:
        made = await create(as_ada, tags=[{"name": "Soup"}])
        path, tag = f"{URL}/{made['id']}", f"{TAGS}/{made['tags'][0]['id']}"
        photo = {"file": ("cake.png", picture(format="PNG"), "image/png")}
        calls: list[tuple[str, str, Json]] = [
            ("PATCH", path, {"json": {"summary": "Hot"}}),
            ("PUT", path, {"json": {"title": "Pie", "tags": [{"name": "Soup"}]}}),
            ("PUT", f"{path}/cover", {"files": photo}),
            ("DELETE", f"{path}/cover", {}),
            ("PATCH", tag, {"json": {"name": "Soups"}}),
            ("DELETE", tag, {}),
            ("DELETE", path, {}),
            ("POST", f"{path}/restore", {}),
            ("POST", URL, {"json": {"title": "Another"}}),
            ("POST", f"{URL}/import", {"json": {"url": page}}),
        ]
        reader = FeedReader(as_ada)
        await reader.poll()
        for method, address, sent in calls:
            before, told = reader.since, len(reader.told)
            answer = await as_ada.request(method, address, headers=ANY, **sent)
            assert answer.status_code in {200, 201, 204}, (method, address, answer.text)
            await reader.poll()
            assert datetime.fromisoformat(reader.since) > datetime.fromisoformat(before), address
            # What was told last comes again, and at the same place.
            assert len(reader.told) - told == (1 if reader.told[-1] == reader.told[told] else 2)
            assert reader.copy == await truth(session)

    async def test_answers_the_instant_that_it_gets(self, as_ada: httpx2.AsyncClient) -> None:
        first, second = await create(as_ada), await create(as_ada)
        assert second["created_at"] == first["updated_at"] == "2026-03-01T12:00:00Z"
        assert second["updated_at"] == "2026-03-01T12:00:00.000001Z"
        changed = await patch(as_ada, first["id"], title="Pie")
        assert changed["updated_at"] == "2026-03-01T12:00:00.000002Z"
        for each in (second, changed):
            assert (await read(as_ada, each["id"])).json() == each

    async def test_costs_one_statement_and_one_more_when_others_came_between(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        counts = []
        for _ in range(2):
            statements.clear()
            await create(as_ada)
            words = [" ".join(each.split()[:3]) for each in statements]
            counts.append(
                (words.count("INSERT INTO recipe_clock"), words.count("UPDATE recipe SET"))
            )
        assert counts == [(1, 0), (1, 1)]

    async def test_that_forgets_its_stamp_fails_the_test(
        self,
        as_ada: httpx2.AsyncClient,
        ada: User,
        resources: Resources,
        stamp_guard: StampGuard,
    ) -> None:
        id = UUID((await create(as_ada))["id"])
        assert stamp_guard.forgotten == []
        async with resources.database.transaction() as session:
            row = await crud.recipe.get_for_update(session, Actor(user_id=ada.id), id)
            await crud.recipe.update(session, row, {"summary": "Hot"}, now=START)
        assert [each.split(" SET ")[0] for each in stamp_guard.forgotten] == ["UPDATE recipe"]
        stamp_guard.forgotten.clear()

    async def test_is_watched_without_being_disturbed(self, resources: Resources) -> None:
        """A request that is cancelled amid a statement rolls back without a connection."""

        async def cancelled() -> None:
            async with resources.database.transaction() as session:
                await (await session.connection()).invalidate()
                raise InterruptedError

        with pytest.raises(InterruptedError):
            await cancelled()


class Kitchen:
    """Does one thing after the other, drawn by lot, with a clock that jumps to and fro."""

    NAMES = ("Soup", "Quick", "Winter")

    def __init__(self, client: httpx2.AsyncClient, clock: FakeClock, lot: random.Random) -> None:
        self.client, self.clock, self.lot = client, clock, lot
        self.recipes: list[str] = []
        self.answers: list[tuple[str, int]] = []

    async def work(self, count: int) -> None:
        doings = (self.make, self.change, self.put_tags, self.throw, self.fetch_back, self.rename,
                  self.drop_tag)  # fmt: skip
        for _ in range(count):
            at = START + timedelta(minutes=1, microseconds=self.lot.randrange(60_000_000))
            self.clock.advance(at - self.clock.now())
            doing: Callable[[], Awaitable[httpx2.Response | None]] = self.lot.choices(
                doings, weights=(6, 6, 5, 3, 3, 2, 1)
            )[0]
            answer = await doing()
            if answer is not None:
                self.answers.append((doing.__name__, answer.status_code))

    async def make(self) -> httpx2.Response:
        answer = await self.client.post(URL, json={"title": "New", "tags": self._tags()})
        self.recipes.append(answer.json()["id"])
        return answer

    async def change(self) -> httpx2.Response | None:
        return await self._patch(title=f"Title {self.lot.random()}")

    async def put_tags(self) -> httpx2.Response | None:
        return await self._patch(tags=self._tags())

    async def throw(self) -> httpx2.Response | None:
        path = self._any()
        return path and await self.client.delete(path, headers=ANY)

    async def fetch_back(self) -> httpx2.Response | None:
        path = self._any()
        return path and await self.client.post(f"{path}/restore")

    async def rename(self) -> httpx2.Response | None:
        path, name = await self._tag(), self.lot.choice(self.NAMES)
        spelled = self.lot.choice([name.lower(), name.upper(), name])
        return path and await self.client.patch(path, json={"name": spelled}, headers=ANY)

    async def drop_tag(self) -> httpx2.Response | None:
        path = await self._tag()
        return path and await self.client.delete(path, headers=ANY)

    async def _patch(self, **members: Any) -> httpx2.Response | None:
        path = self._any()
        return path and await self.client.patch(path, json=members, headers=ANY)

    def _any(self) -> Any:
        return f"{URL}/{self.lot.choice(self.recipes)}" if self.recipes else None

    async def _tag(self) -> Any:
        found = (await self.client.get(TAGS)).json()["items"]
        return f"{TAGS}/{self.lot.choice(found)['id']}" if found else None

    def _tags(self) -> list[Json]:
        return [{"name": name} for name in self.lot.sample(self.NAMES, self.lot.randrange(3))]


#: What each may meet when others do the same at the same moment. Only who changes a tag may be
#: asked to come again: while a recipe that just gained the tag is being changed.
ALLOWED = {
    "make": {201},
    "change": {200, 404},
    "put_tags": {200, 404},
    "throw": {204, 404},
    "fetch_back": {200, 404, 409},
    "rename": {200, 404, 409, 503},
    "drop_tag": {204, 404, 503},
}


class TestEverythingAtOnce:
    @pytest.mark.parametrize("seed", range(4))
    async def test_a_client_that_polls_meanwhile_ends_with_what_is_stored(
        self, seed: int, as_ada: httpx2.AsyncClient, clock: FakeClock, session: AsyncSession
    ) -> None:
        lot = random.Random(seed)  # noqa: S311 - a repeatable draw
        reader, kitchen = FeedReader(as_ada, limit=7), Kitchen(as_ada, clock, lot)

        done = anyio.Event()

        async def poll() -> None:
            while not done.is_set():
                await reader.poll()

        with captured() as log:
            async with anyio.create_task_group() as reading:
                reading.start_soon(poll)
                async with anyio.create_task_group() as writing:
                    for _ in range(6):
                        writing.start_soon(kitchen.work, 12)
                done.set()
            await reader.poll()

        assert reader.copy == await truth(session)
        assert {each for each in kitchen.answers if each[1] not in ALLOWED[each[0]]} == set()
        assert "40P01" not in log.text
