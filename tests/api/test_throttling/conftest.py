"""A second process over the same database, as far as the database can tell."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from potluck.core.config import Settings
from potluck.main import create_app
from potluck.models import User
from tests.conftest import be_patient
from tests.doubles import FakeClock, FakeFetcher
from tests.factories import Make


@pytest.fixture
async def replica(app: FastAPI, settings: Settings, clock: FakeClock) -> AsyncIterator[FastAPI]:
    """The app once more, with a memory and connections of its own."""
    other = create_app(settings, clock=clock, fetcher=FakeFetcher(), works_in_background=False)
    async with other.router.lifespan_context(other):
        be_patient(other)
        yield other


@pytest.fixture
async def ada(make_user: Make[User]) -> User:
    return await make_user(display_name="Ada", email="ada@example.org")
