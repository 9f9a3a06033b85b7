"""The signing keys of the running app, to be rotated by a test and be as before afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import delete, select

from potluck.models import SigningKey
from potluck.resources import Resources
from potluck.services.signing_keys import KeyRing
from tests.doubles import FakeClock

COLUMNS = ("kid", "private_sealed", "created_at", "retired_at")


@asynccontextmanager
async def rotatable(
    resources: Resources, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """The id of the key that the instance was made with, which is alone again afterwards."""
    async with resources.database.reading() as session:
        [row] = await session.scalars(select(SigningKey))
        columns = {name: getattr(row, name) for name in COLUMNS}
    access_s = resources.settings.tokens.access_s
    ring = KeyRing(resources.database.reading, resources.master_key, clock, access_s)
    monkeypatch.setattr(resources, "keys", ring)
    yield columns["kid"]
    async with resources.database.transaction() as session:
        await session.execute(delete(SigningKey))
        session.add(SigningKey(**columns))
