"""The change of the master key: all of it or nothing."""

import ast
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import sealing
from potluck.core.config_error import ConfigError
from potluck.core.errors import NotReady
from potluck.core.ids import new_id
from potluck.core.master_key import MasterKey
from potluck.models import AuditHead, Instance, Job
from potluck.resources import Resources
from potluck.schemas.job import KeepHouse
from potluck.services import jobs, master_key_change, personal_token_key
from potluck.services.master_key_change import SEALED, Change, rewrap

NEW = MasterKey(bytes(range(3, 35)))
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STRANGER = MasterKey(bytes(range(4, 36)))
PACKAGE = Path(master_key_change.__file__).parents[1]
#: Sealed under what a caller presents, not under the master key.
OTHERWISE_SEALED = {("refresh_token", "successor_sealed"), ("idempotency_key", "answer")}


class Undone(Exception):
    """Ends a unit of work without a trace."""


async def state(session: AsyncSession) -> list[str | None]:
    instance = await session.get_one(Instance, 1)
    keys = [row.private_sealed for row in await crud.instance.signing_keys(session)]
    head = await session.get_one(AuditHead, 1)
    return [
        instance.master_key_fingerprint,
        instance.token_key_sealed,
        head.key_sealed,
        *keys,
    ]


async def damaged(resources: Resources) -> None:
    async with resources.database.transaction() as session:
        [row] = await crud.instance.signing_keys(session)
        row.private_sealed = row.private_sealed[:-4] + "AAAA"
        await session.flush()
        await rewrap(session, resources.master_key, NEW, now=NOW)


async def copied(session: AsyncSession, id: UUID) -> dict[str, Any]:
    """The columns of a stored job."""
    row = (await session.execute(select(Job.__table__).where(Job.id == id))).one()
    return dict(row._mapping)


class TestRewrap:
    async def test_there_and_back_everything_opens(self, resources: Resources) -> None:
        kept = await resources.personal_token_key.get()
        with suppress(Undone):
            async with resources.database.transaction() as session:
                before = await state(session)
                assert await rewrap(session, resources.master_key, NEW, now=NOW) == Change(3, 0)
                assert await rewrap(session, resources.master_key, NEW, now=NOW) is None
                assert await rewrap(session, NEW, resources.master_key, now=NOW) == Change(3, 0)
                assert await rewrap(session, resources.master_key, NEW, now=NOW) == Change(3, 0)
                session.expire_all()
                instance = await session.get_one(Instance, 1)
                assert personal_token_key.opened(instance, NEW) == kept
                after = await state(session)
                assert len(before) == len(after)
                assert set(before) & set(after) == set()
                raise Undone

    async def test_jobs_that_wait_can_be_read_under_the_new_key(self, resources: Resources) -> None:
        with suppress(Undone):
            async with resources.database.transaction() as session:
                id = await jobs.enqueue(session, KeepHouse(), now=resources.clock.now())
                unreadable, plain = new_id(), new_id()
                row = await copied(session, id)
                for other, payload in ((unreadable, "v1.x.AAAA"), (plain, '{"kind": "x"}')):
                    values = row | {"id": other, "payload": payload}
                    await session.execute(insert(Job).values(values))
                assert await rewrap(session, resources.master_key, NEW, now=NOW) == Change(4, 1)
                texts = {
                    row.id: row.payload
                    for row in await session.execute(select(Job.id, Job.payload))
                }
                place = sealing.cell("job", "payload", id)
                opened = sealing.unseal(NEW.derive("job"), texts.pop(id), place)
                assert json.loads(opened) == {"kind": "keep-house"}
                assert texts == {unreadable: "v1.x.AAAA", plain: '{"kind": "x"}'}
                raise Undone

    async def test_a_key_that_is_not_the_database_s_changes_nothing(
        self, resources: Resources
    ) -> None:
        with pytest.raises(ConfigError, match="neither to the old key nor to the new"):
            async with resources.database.transaction() as session:
                await rewrap(session, STRANGER, NEW, now=NOW)

    async def test_a_cell_that_does_not_open_undoes_all_of_it(self, resources: Resources) -> None:
        async with resources.database.reading() as session:
            before = await state(session)
        with pytest.raises(NotReady, match=r"signing_key\.private_sealed"):
            await damaged(resources)
        async with resources.database.reading() as session:
            assert await state(session) == before


def test_every_column_that_is_sealed_under_the_master_key_is_sealed_anew() -> None:
    cells = {
        tuple(value.value for value in call.args[:2] if isinstance(value, ast.Constant))
        for file in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("sealing.cell")
    }
    named = {cell for cell in cells if len(cell) == 2}
    assert named - OTHERWISE_SEALED == {each.column.name for each in SEALED}
