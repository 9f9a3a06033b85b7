"""Every verb of CRUDBase, over a model that the app does not know."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import MISSING
from sqlalchemy import ColumnElement, MetaData, String, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from potluck.core.actor import Actor
from potluck.core.config import DatabaseSettings, Settings
from potluck.core.cursor import Cursors
from potluck.core.errors import Forbidden, InvalidCursor, NotFound, Stale, Unavailable
from potluck.core.ids import new_id
from potluck.core.paging import PageRequest
from potluck.crud.base import CRUDBase
from potluck.crud.keyset import Order
from potluck.crud.tenancy import owned
from potluck.db.base_class import Base, Entity
from potluck.db.engines import open_migration_engine
from potluck.db.session import Database
from potluck.db.types import sort_key
from potluck.resources import Resources
from potluck.schemas.base import In, Patch
from tests.doubles import START

LATER = START + timedelta(hours=1)
CURSORS = Cursors(bytes(32))


class Foreign(Entity):
    """The parent of tables that are none of the app's."""

    __abstract__ = True
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)


class Spoon(Foreign):
    __tablename__ = "toy_spoon"

    owner_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(sort_key(20))
    size_ml: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(String(20))
    is_shown: Mapped[bool] = mapped_column(default=False)


class SpoonCreate(In):
    name: str
    size_ml: int | None = None


class SpoonUpdate(Patch):
    name: str | MISSING = MISSING
    size_ml: int | MISSING | None = MISSING


class CRUDSpoon(CRUDBase[Spoon, SpoonCreate, SpoonUpdate]):
    model = Spoon
    noun = "spoon"

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        return or_(Spoon.is_shown, owned(Spoon.owner_id, actor))

    def editable(self, actor: Actor) -> ColumnElement[bool]:
        return owned(Spoon.owner_id, actor)


spoons = CRUDSpoon()
ADA, EVE = Actor(user_id=new_id()), Actor(user_id=new_id())


@pytest.fixture
def database(resources: Resources, settings: Settings) -> Iterator[Database]:
    """The app's database, with one table more."""
    by_hand = open_migration_engine(settings.database_url, DatabaseSettings())
    Foreign.metadata.drop_all(by_hand)
    Foreign.metadata.create_all(by_hand)
    yield resources.database
    Foreign.metadata.drop_all(by_hand)


async def add(
    database: Database,
    name: str = "tea",
    size_ml: int | None = 5,
    *,
    now: datetime = START,
    **extra: Any,
) -> Spoon:
    """A spoon of Ada's."""
    async with database.transaction() as session:
        data = SpoonCreate(name=name, size_ml=size_ml)
        return await spoons.create(session, data, now=now, **{"owner_id": ADA.user_id} | extra)


async def stored(database: Database, id: UUID) -> Spoon:
    async with database.reading() as session:
        return await spoons.get(session, ADA, id)


class TestRules:
    def test_who_may_see_and_who_may_change_must_be_said(self) -> None:
        class Forgetful(CRUDBase[Spoon, SpoonCreate, SpoonUpdate]):
            model = Spoon
            noun = "spoon"

            def visible(self, actor: Actor) -> ColumnElement[bool]:
                return owned(Spoon.owner_id, actor)

        with pytest.raises(TypeError, match="editable"):
            Forgetful()  # type: ignore[abstract]


class TestCreate:
    async def test_a_row_has_an_id_its_times_and_version_one(self, database: Database) -> None:
        made = await add(database, "tea", 5)
        found = await stored(database, made.id)
        assert (found.name, found.size_ml, found.version) == ("tea", 5, 1)
        assert found.created_at == found.updated_at == START
        assert found.id.version == 7

    async def test_what_the_caller_adds_wins(self, database: Database) -> None:
        assert (await add(database, name="tea", note="x", is_shown=True)).note == "x"


class TestGet:
    async def test_who_may_see_it_gets_it(self, database: Database) -> None:
        hidden, shown = await add(database), await add(database, is_shown=True)
        async with database.reading() as session:
            assert (await spoons.get(session, ADA, hidden.id)).id == hidden.id
            assert (await spoons.get(session, EVE, shown.id)).id == shown.id

    @pytest.mark.parametrize("actor", [EVE, Actor.anonymous()], ids=["other", "stranger"])
    async def test_for_others_it_does_not_exist(self, database: Database, actor: Actor) -> None:
        hidden = await add(database)
        async with database.transaction() as session:
            for id in (hidden.id, new_id()):
                with pytest.raises(NotFound) as refusal:
                    await spoons.get(session, actor, id)
                assert refusal.value.detail == (
                    "There is no such spoon, or it is not shared with you."
                )
                with pytest.raises(NotFound):
                    await spoons.get_for_update(session, actor, id)

    async def test_who_sees_but_may_not_change_is_told_so(self, database: Database) -> None:
        shown = await add(database, is_shown=True)
        async with database.transaction() as session:
            with pytest.raises(Forbidden):
                await spoons.get_for_update(session, EVE, shown.id)
            assert (await spoons.get_for_update(session, ADA, shown.id)).id == shown.id

    async def test_another_right_can_stand_in_for_changing(self, database: Database) -> None:
        shown = await add(database, is_shown=True)
        async with database.transaction() as session:
            allowed = Spoon.size_ml > 1
            found = await spoons.get_for_update(session, EVE, shown.id, allowed=allowed)
            assert found.id == shown.id
            with pytest.raises(Forbidden):
                await spoons.get_for_update(session, ADA, shown.id, allowed=Spoon.size_ml > 9)

    async def test_a_row_got_for_update_is_nobody_else_s_until_the_unit_ends(
        self, database: Database, settings: Settings
    ) -> None:
        spoon = await add(database)
        impatient = Database(
            settings.database_url, DatabaseSettings(lock_timeout_s=0.05, pool_timeout_s=0.05)
        )
        async with database.transaction() as session:
            await spoons.get_for_update(session, ADA, spoon.id)
            with pytest.raises(Unavailable):
                await take(impatient, spoon.id)
        await take(impatient, spoon.id)
        await impatient.dispose()


async def take(database: Database, id: UUID) -> None:
    async with database.transaction() as session:
        await spoons.get_for_update(session, ADA, id)


async def change(database: Database, spoon: Spoon, data: Any) -> Spoon:
    """An hour later."""
    async with database.transaction() as session:
        session.add(spoon)
        return await spoons.update(session, spoon, data, now=LATER)


class TestUpdate:
    async def test_only_what_was_sent_changes(self, database: Database) -> None:
        made = await add(database, "tea", 5)
        await change(database, made, SpoonUpdate(name="soup"))
        found = await stored(database, made.id)
        assert (found.name, found.size_ml, found.version) == ("soup", 5, 2)
        assert (found.created_at, found.updated_at) == (START, LATER)

    async def test_null_is_a_value(self, database: Database) -> None:
        made = await add(database, "tea", 5)
        await change(database, made, SpoonUpdate(size_ml=None))
        found = await stored(database, made.id)
        assert (found.name, found.size_ml) == ("tea", None)

    async def test_what_stays_as_it_was_is_no_change(self, database: Database) -> None:
        made = await add(database, "tea", 5)
        await change(database, made, SpoonUpdate(name="tea", size_ml=5))
        found = await stored(database, made.id)
        assert (found.version, found.updated_at) == (1, START)

    async def test_a_service_may_name_columns(self, database: Database) -> None:
        made = await add(database)
        await change(database, made, {"note": "bent"})
        assert (await stored(database, made.id)).note == "bent"

    async def test_a_change_of_an_older_state_is_stale(self, database: Database) -> None:
        older = await add(database)
        newer = await stored(database, older.id)
        await change(database, newer, {"note": "first"})
        with pytest.raises(Stale):
            await change(database, older, {"note": "second"})
        assert (await stored(database, newer.id)).note == "first"


class TestRemove:
    async def test_it_is_gone(self, database: Database) -> None:
        made = await add(database)
        async with database.transaction() as session:
            await spoons.remove(session, await spoons.get_for_update(session, ADA, made.id))
        with pytest.raises(NotFound):
            await stored(database, made.id)


def request(limit: int, cursor: str | None = None, binding: str = "/spoons") -> PageRequest:
    return PageRequest(limit, cursor, CURSORS, binding)


async def page(
    session: AsyncSession, wanted: PageRequest, order: Order | None = None
) -> tuple[list[str], str | None]:
    rows, cursor = await spoons.page(session, ADA, wanted, order=order)
    return [row.name for row in rows], cursor


class TestPage:
    async def test_newest_come_first_and_only_what_the_actor_sees(self, database: Database) -> None:
        for number in range(5):
            await add(database, f"{number}", now=START + timedelta(hours=number))
        await add(database, "eve's", owner_id=EVE.user_id)
        async with database.reading() as session:
            first, cursor = await page(session, request(2))
            second, cursor = await page(session, request(2, cursor))
            third, cursor = await page(session, request(2, cursor))
        assert [first, second, third] == [["4", "3"], ["2", "1"], ["0"]]
        assert cursor is None

    async def test_a_last_page_that_is_full_has_no_cursor(self, database: Database) -> None:
        await add(database)
        async with database.reading() as session:
            assert await page(session, request(1)) == (["tea"], None)
            assert await page(session, request(1, binding="x")) == (["tea"], None)

    async def test_conditions_narrow_it(self, database: Database) -> None:
        await add(database, "tea", 5)
        await add(database, "soup", 15)
        async with database.reading() as session:
            rows, cursor = await spoons.page(session, ADA, request(5), Spoon.size_ml > 5)
        assert ([row.name for row in rows], cursor) == (["soup"], None)

    @pytest.mark.parametrize("descending", [False, True], ids=["rising", "falling"])
    async def test_unknown_values_stand_last_and_equal_ones_are_told_apart(
        self, database: Database, descending: bool
    ) -> None:
        sizes = [5, None, 15, 5, None, 15, 5]
        made = [await add(database, str(number), size) for number, size in enumerate(sizes)]
        order = Order(Spoon.size_ml, Spoon.id, descending=descending)
        seen: list[str] = []
        cursor: str | None = None
        async with database.reading() as session:
            for _ in sizes:
                names, cursor = await page(session, request(1, cursor), order)
                seen += names
        assert cursor is None
        sign = -1 if descending else 1
        expected = sorted(
            made,
            key=lambda each: (
                each.size_ml is None,
                sign * (each.size_ml or 0),
                sign * each.id.int,
            ),
        )
        assert seen == [each.name for each in expected]

    @pytest.mark.parametrize("column", [Spoon.created_at, Spoon.name, Spoon.size_ml], ids=str)
    @pytest.mark.parametrize("descending", [False, True], ids=["rising", "falling"])
    async def test_nothing_repeats_or_is_left_out_while_rows_come_and_go(
        self, database: Database, column: Any, descending: bool
    ) -> None:
        sizes = [None, 5, 5, 10, 10, 10, None, 20]
        there = [await add(database, f"{size}", size, now=at(size)) for size in sizes]
        order = Order(column, Spoon.id, descending=descending)
        seen: list[UUID] = []
        cursor: str | None = None
        while True:
            async with database.reading() as session:
                rows, cursor = await spoons.page(session, ADA, request(2, cursor), order=order)
            seen += [row.id for row in rows]
            if cursor is None:
                break
            if len(seen) <= 6:  # before, among and behind what is to come
                for size in (1, 10, 30, None):
                    await add(database, f"{size}", size, now=at(size))
            if len(seen) == 2:
                async with database.transaction() as session:
                    await spoons.remove(session, await spoons.get(session, ADA, seen[1]))
        assert len(seen) == len(set(seen))
        assert {spoon.id for spoon in there} <= set(seen)

    async def test_m08_a_cursor_of_another_list_is_refused(self, database: Database) -> None:
        await add(database, "a")
        await add(database, "b")
        async with database.reading() as session:
            _, cursor = await page(session, request(1))
            assert cursor is not None
            for wanted in (request(1, cursor, "/spoons?x=1"), request(1, cursor[:-1])):
                with pytest.raises(InvalidCursor):
                    await page(session, wanted)

    @pytest.mark.parametrize("key", [["a"], [], ["a", "b", "c"], ["a", "no id"], [7, None]])
    async def test_m08_a_cursor_of_ours_that_does_not_fit_the_order_is_refused(
        self, database: Database, key: list[str | int | None]
    ) -> None:
        cursor = CURSORS.encode(key, "/spoons")
        async with database.reading() as session:
            with pytest.raises(InvalidCursor):
                await page(session, request(1, cursor))


def at(size: int | None) -> datetime:
    return START + timedelta(minutes=size or 0)
