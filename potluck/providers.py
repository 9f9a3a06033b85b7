"""FastAPI dependencies that the API and the pages share: sessions, settings, clock, fetcher.

They are the seams of the tests: `override(get_fetcher, double)` replaces one.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from potluck.clients.fetcher import Fetcher
from potluck.core.clock import Clock
from potluck.core.config import Settings
from potluck.resources import Resources

#: Methods that only read (RFC 9110, 9.2.1).
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def get_resources(connection: HTTPConnection) -> Resources:
    """What this process opened at its start."""
    resources: Resources = connection.app.state.resources
    return resources


ResourcesOf = Annotated[Resources, Depends(get_resources)]


def get_settings(resources: ResourcesOf) -> Settings:
    """The settings of this process."""
    return resources.settings


def get_clock(resources: ResourcesOf) -> Clock:
    """The clock."""
    return resources.clock


def get_fetcher(resources: ResourcesOf) -> Fetcher:
    """The one way to pages of other sites."""
    return resources.fetcher


async def get_session(resources: ResourcesOf) -> AsyncIterator[AsyncSession]:
    """The request's unit of work."""
    async with resources.database.transaction() as session:
        yield session


def use_long_reads(connection: HTTPConnection) -> None:
    """Declared by operations whose statements have no bound: their reads go to the long pool."""
    connection.state.reads_long = True


async def get_read_session(
    connection: HTTPConnection, resources: ResourcesOf
) -> AsyncIterator[AsyncSession]:
    """A session in which the database refuses writes."""
    long = getattr(connection.state, "reads_long", False)
    async with resources.database.reading(long=long) as session:
        yield session


SettingsOf = Annotated[Settings, Depends(get_settings)]
ClockOf = Annotated[Clock, Depends(get_clock)]
FetcherOf = Annotated[Fetcher, Depends(get_fetcher)]
#: scope="function": committed *before* the answer is sent. With FastAPI's default a client would
#: read 201 while the commit can still fail.
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
ReadSession = Annotated[AsyncSession, Depends(get_read_session, scope="function")]
