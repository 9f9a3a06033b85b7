"""What every test may ask for. The app is the shipped one; only clock and web are doubles."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp

from potluck import backend_pre_start
from potluck.clients.email import MemoryMailer
from potluck.core.config import Settings
from potluck.core.scopes import SCOPES_OF_LOGIN, Scope
from potluck.main import create_app
from potluck.models import User
from potluck.resources import Resources
from potluck.schemas import Token
from potluck.services import sessions
from potluck.services.ideas import IdeasMemory
from potluck.services.sessions import Issuer
from potluck.services.throttle_memory import ThrottleMemory
from potluck.worker import runner
from tests import databases, described, postgres
from tests.canaries import Recorder
from tests.dial_recorder import DialRecorder
from tests.doubles import FakeClock, FakeFetcher, FakeIdeas
from tests.factories import PASSWORD, Factories, Make
from tests.log_capture import captured
from tests.stamp_guard import StampGuard

API = "/api/v1"
ORIGIN = "http://potluck.test"

Outbox = Callable[[], Awaitable[list[EmailMessage]]]

recorder = Recorder()


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for all test processes, started by the first."""
    for name in [name for name in os.environ if name.startswith("POTLUCK_")]:
        if name not in {postgres.URL_VARIABLE, "POTLUCK_VENV"}:
            del os.environ[name]
    if hasattr(config, "workerinput"):
        return
    stack = contextlib.ExitStack()
    config.add_cleanup(stack.close)
    server = stack.enter_context(postgres.server())
    os.environ[postgres.URL_VARIABLE] = server.url
    sys.stderr.write(f"Tests run on SQLite and on {server}.\n")


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session", autouse=True)
def nothing_leaves_the_machine() -> Iterator[None]:
    """A connection to anything but loopback and unix sockets fails the test."""
    with DialRecorder():
        yield


@pytest.fixture(scope="session", autouse=True)
def everything_said_is_recorded() -> Iterator[None]:
    """The app logs as in production, into the same record as what it answers."""
    with captured(stream=recorder):
        yield


@pytest.fixture(scope="session", params=databases.ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Every test that needs a database runs on both."""
    engine: str = request.param
    return engine


@pytest.fixture(scope="session")
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def settings(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of the running app: a migrated database of this test process."""
    folder = tmp_path_factory.mktemp(engine)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with databases.database_url(engine, folder, f"potluck_{worker}_{os.getpid()}") as url:
        settings = make_settings(folder, url)
        backend_pre_start.prepare(settings, wait_s=5)
        yield settings


def make_settings(folder: Path, url: str, **changes: Any) -> Settings:
    """Settings of an instance in `folder` with the database at `url`."""
    values: dict[str, Any] = {
        "base_url": ORIGIN,
        "data_dir": folder,
        "database": {"url": url},
        "mail": {"backend": "memory"},
    }
    return Settings(**values | changes)


@pytest.fixture(scope="session")
async def running_app(settings: Settings, clock: FakeClock) -> AsyncIterator[FastAPI]:
    app = create_app(settings, clock=clock, fetcher=FakeFetcher(), works_in_background=False)
    async with app.router.lifespan_context(app):
        be_patient(app)
        yield app


def be_patient(app: FastAPI) -> None:
    """A machine that runs tests may be too busy to hash within the second that users wait."""
    app.state.resources.passwords.longest_wait_s = 30


@pytest.fixture(scope="session")
def stamp_guard(running_app: FastAPI) -> Iterator[StampGuard]:
    """Every change of a recipe must have its place in the feed."""
    guard = StampGuard()
    with guard.watching(running_app.state.resources.database.engines):
        yield guard


@pytest.fixture
async def app(
    running_app: FastAPI, clock: FakeClock, stamp_guard: StampGuard
) -> AsyncIterator[FastAPI]:
    """The shipped app over an empty database; fails a test that leaves something behind."""
    resources: Resources = running_app.state.resources
    clock.reset()
    resources.fetcher = FakeFetcher()
    resources.mails = replace(resources.mails, mailer=MemoryMailer())
    resources.throttle.memory = ThrottleMemory(clock)
    resources.ideas_source, resources.ideas_memory = FakeIdeas(), IdeasMemory(clock)
    environment, tasks = dict(os.environ), running_tasks()
    recorder.clear()
    stamp_guard.forgotten.clear()
    yield running_app
    left: dict[str, Any] = {
        "overrides": running_app.dependency_overrides,
        "environment": {
            name: value
            for name, value in os.environ.items()
            if environment.get(name) != value and name != "PYTEST_CURRENT_TEST"
        },
        "tasks": running_tasks() - tasks,
        "connections": checked_out(resources),
        "changes that the feed passes over": stamp_guard.forgotten,
    }
    async with resources.database.transaction() as session:
        left["stored-only values"] = await recorder.leaks(session)
        await databases.empty(session)
    assert {name: rest for name, rest in left.items() if rest} == {}


def running_tasks() -> set[asyncio.Task[Any]]:
    """Every task but those in which anyio runs the tests themselves."""
    tasks = asyncio.all_tasks()
    return {
        task for task in tasks if "TestRunner" not in getattr(task.get_coro(), "__qualname__", "")
    }


def checked_out(resources: Resources) -> int:
    """How many database connections are in somebody's hands."""
    engines = resources.database.engines
    pools = {engine.pool for engine in (engines.write, engines.read, engines.long_read)}
    return sum(pool.checkedout() for pool in pools)  # type: ignore[attr-defined]


@pytest.fixture
def resources(app: FastAPI) -> Resources:
    found: Resources = app.state.resources
    return found


@pytest.fixture
def fetcher(resources: Resources) -> FakeFetcher:
    """The web as the app sees it."""
    assert isinstance(resources.fetcher, FakeFetcher)
    return resources.fetcher


@pytest.fixture
async def session(resources: Resources) -> AsyncIterator[AsyncSession]:
    """A read session, to look at what the app stored."""
    async with resources.database.reading() as session:
        yield session


@pytest.fixture
def ideas(resources: Resources) -> FakeIdeas:
    """What the sources of ideas know."""
    assert isinstance(resources.ideas_source, FakeIdeas)
    return resources.ideas_source


@pytest.fixture
def outbox(resources: Resources) -> Outbox:
    """`await outbox()`: the mails that have left so far, once the work that is due is done."""

    async def work_off() -> list[EmailMessage]:
        await runner.run_due(resources)
        mailer = resources.mails.mailer
        assert isinstance(mailer, MemoryMailer)
        return list(mailer.sent)

    return work_off


class Override(Protocol):
    def __call__(self, dependency: Callable[..., Any], double: Callable[..., Any]) -> None: ...


@pytest.fixture
def override(app: FastAPI) -> Iterator[Override]:
    """Put a double in the place of a dependency until the test ends."""
    replaced: list[Callable[..., Any]] = []

    def replace(dependency: Callable[..., Any], double: Callable[..., Any]) -> None:
        app.dependency_overrides[dependency] = double
        replaced.append(dependency)

    yield replace
    for dependency in replaced:
        del app.dependency_overrides[dependency]


def client_of(app: ASGIApp, *, host: str = "127.0.0.1", **options: Any) -> httpx2.AsyncClient:
    """A client that calls the app in this process, from the address `host`."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False, client=(host, 50_000))
    hooks = {"response": [recorder.answered, described.answered]}
    return httpx2.AsyncClient(transport=transport, base_url=ORIGIN, event_hooks=hooks, **options)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A stranger."""
    async with client_of(app) as client:
        yield client


class As(Protocol):
    async def __call__(
        self, user: User | None, scopes: frozenset[Scope] = SCOPES_OF_LOGIN
    ) -> httpx2.AsyncClient: ...


async def sign_in_as(resources: Resources, user: User, wanted: frozenset[Scope]) -> Token:
    """A pair of tokens, as logging in gives them."""
    keys = await resources.keys.current()
    issuer = Issuer(resources.tokens, keys, resources.settings.tokens, resources.clock)
    async with resources.database.transaction() as session:
        return await sessions.start(session, user, issuer, wanted=wanted)


@pytest.fixture
async def as_(app: FastAPI, resources: Resources) -> AsyncIterator[As]:
    """`await as_(user)`: a client that is signed in as the user; None is a stranger."""
    async with contextlib.AsyncExitStack() as stack:

        async def sign_in(
            user: User | None, scopes: frozenset[Scope] = SCOPES_OF_LOGIN
        ) -> httpx2.AsyncClient:
            headers = {}
            if user is not None:
                token = await sign_in_as(resources, user, scopes)
                headers["Authorization"] = f"Bearer {token.access_token}"
            return await stack.enter_async_context(client_of(app, headers=headers))

        yield sign_in


@pytest.fixture(scope="session")
async def password_hash(running_app: FastAPI) -> str:
    hashed: str = await running_app.state.resources.passwords.hash(PASSWORD)
    return hashed


@pytest.fixture
def factories(resources: Resources, password_hash: str) -> Factories:
    return Factories(resources, password_hash)


@pytest.fixture
def make_user(factories: Factories) -> Make[User]:
    return factories.user


@pytest.fixture
def statements(resources: Resources) -> Iterator[list[str]]:
    """Every SQL statement sent so far; clear it to count anew."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        statement: str = arguments[2]
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    engines = resources.database.engines
    # On PostgreSQL the readers are copies of the writer's engine and report to it as well.
    by_pool = {each.pool: each.sync_engine for each in (engines.long_read, engines.read)}
    by_pool[engines.write.pool] = engines.write.sync_engine
    for each in by_pool.values():
        event.listen(each, "before_cursor_execute", note)
    yield seen
    for each in by_pool.values():
        event.remove(each, "before_cursor_execute", note)


@pytest.fixture
def most_held(resources: Resources) -> Iterator[list[int]]:
    """How many connections were in use whenever one was taken."""
    engines = resources.database.engines
    listened = {each.sync_engine for each in (engines.write, engines.read, engines.long_read)}
    held: list[int] = []

    def taken(*_: Any) -> None:
        held.append(checked_out(resources))

    for each in listened:
        event.listen(each, "checkout", taken)
    yield held
    for each in listened:
        event.remove(each, "checkout", taken)


async def gather(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same time; their results in order."""
    results: list[Any] = [None] * len(calls)

    async def run(index: int) -> None:
        results[index] = await calls[index]()

    async with anyio.create_task_group() as group:
        for index in range(len(calls)):
            group.start_soon(run, index)
    return results
