"""FastAPI dependencies that the API and the pages share: sessions, settings, clock, fetcher.

They are the seams of the tests: `override(get_fetcher, double)` replaces one.
"""

import os
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import anyio
import structlog
from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from potluck.clients.fetcher import Fetcher
from potluck.clients.ideas import IdeasSource
from potluck.core.clock import Clock
from potluck.core.config import Settings
from potluck.core.errors import Unavailable
from potluck.resources import Resources
from potluck.services import authentication, idempotency, personal_tokens
from potluck.services.authentication import Authenticated, Claims
from potluck.services.ideas import IdeasMemory
from potluck.services.idempotency import Claim

log = structlog.get_logger(__name__)

#: Methods that only read (RFC 9110, 9.2.1).
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def resources_of(connection: HTTPConnection) -> Resources:
    """What this process opened at its start.

    Dependencies ask here: one that depends on another costs 25 microseconds a request for each
    (measured with FastAPI 0.165), and these are asked by every request.
    """
    resources: Resources = connection.app.state.resources
    return resources


async def get_resources(connection: HTTPConnection) -> Resources:
    """What this process opened at its start."""
    return resources_of(connection)


ResourcesOf = Annotated[Resources, Depends(get_resources)]


async def get_settings(connection: HTTPConnection) -> Settings:
    """The settings of this process."""
    return resources_of(connection).settings


async def get_clock(connection: HTTPConnection) -> Clock:
    """The clock."""
    return resources_of(connection).clock


async def get_fetcher(connection: HTTPConnection) -> Fetcher:
    """The one way to pages of other sites."""
    return resources_of(connection).fetcher


async def get_ideas_source(connection: HTTPConnection) -> IdeasSource:
    """Where ideas come from."""
    return resources_of(connection).ideas_source


async def get_ideas_memory(connection: HTTPConnection) -> IdeasMemory:
    """What the sources of ideas said lately."""
    return resources_of(connection).ideas_memory


def client_host(connection: HTTPConnection) -> str | None:
    """The address of who asks: the peer's, or what a trusted proxy says of it."""
    return connection.client.host if connection.client else None


async def get_session(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    """The request's unit of work; `connection.state.unit_of_work` for who keeps its answer."""
    async with resources_of(connection).database.transaction() as session:
        connection.state.unit_of_work = session
        yield session


async def use_long_reads(connection: HTTPConnection) -> None:
    """Declared by operations whose statements have no bound: their reads go to the long pool."""
    connection.state.reads_long = True


async def get_read_session(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    """A session in which the database refuses writes."""
    long = getattr(connection.state, "reads_long", False)
    async with resources_of(connection).database.reading(long=long) as session:
        yield session


async def read_token(resources: Resources, token: str) -> Claims:
    """What the value of `Authorization: Bearer` says, be it an access or a personal token.

    The first half of the way to an actor, for API and pages alike; the second is
    `authentication.authenticate`, with a session, and `TokenUse.note` for what it gives. Raises
    `InvalidToken`.
    """
    return await authentication.read_token(
        token,
        tokens=resources.tokens,
        keys=resources.keys,
        personal_token_key=resources.personal_token_key,
    )


class TokenUse:
    """The personal token of this request, if its use is to be noted."""

    token_id: UUID | None = None

    def note(self, found: Authenticated) -> None:
        """Have it noted once the answer is out."""
        if found.is_touch_due:
            self.token_id = found.actor.credential_id


async def get_token_use(connection: HTTPConnection) -> AsyncIterator[TokenUse]:
    """Notes the last use of a personal token after the answer, when its session is closed."""
    use = TokenUse()
    try:
        yield use
    finally:
        if use.token_id is not None:
            await _note_use(resources_of(connection), use.token_id)


async def _note_use(resources: Resources, token_id: UUID) -> None:
    """Left to the next request where somebody would have to wait for it."""
    if resources.database.is_busy:
        return
    try:
        async with resources.database.transaction() as session:
            await personal_tokens.touch(session, token_id, resources.clock.now())
    except Unavailable:
        log.warning("token_use_not_noted")


async def release_claim(resources: Resources, claim: Claim) -> None:
    """Release a claim in a unit of work of its own, for who is about to tell of an error.

    Raises nothing, and runs to its end when the caller is cancelled: a claim that stays lapses.
    """
    with anyio.CancelScope(shield=True):
        try:
            async with resources.database.transaction() as session:
                await idempotency.release(session, claim)
        except Exception:
            log.warning("idempotency_claim_not_released", exc_info=True)


TokenUseOf = Annotated[TokenUse, Depends(get_token_use)]
SettingsOf = Annotated[Settings, Depends(get_settings)]
ClockOf = Annotated[Clock, Depends(get_clock)]
FetcherOf = Annotated[Fetcher, Depends(get_fetcher)]
IdeasSourceOf = Annotated[IdeasSource, Depends(get_ideas_source)]
IdeasMemoryOf = Annotated[IdeasMemory, Depends(get_ideas_memory)]
#: scope="function": committed *before* the answer is sent. With FastAPI's default a client would
#: read 201 while the commit can still fail.
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
ReadSession = Annotated[AsyncSession, Depends(get_read_session, scope="function")]


class Download(FileResponse):
    """A file, sent whole: what is wrong in a `Range` Starlette tells without a problem document.

    Nobody keeps it, so there is nothing to compare it with either.
    """

    def set_stat_headers(self, stat_result: os.stat_result) -> None:
        """Its length; without the fields by which caches ask again."""
        super().set_stat_headers(stat_result)
        del self.headers["ETag"], self.headers["Last-Modified"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As any response; RFC 9110 (14.2) lets a server pass over `Range`."""
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)
