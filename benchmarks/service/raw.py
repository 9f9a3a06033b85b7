"""The raw limit: Starlette and the database's own driver, and nothing that makes a product.

No account, no rights, no validation, no layers: the statements of a scenario, as text, with the
key of the request; then the body that the product answered the same scenario with, recorded in
the file that RAW_ANSWERS names. What it writes are copies of a recipe of somebody else than the
cook, and it takes them away when it ends.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.service import raw_engines, raw_statements, recorded
from benchmarks.service.raw_engines import Driver
from benchmarks.service.raw_requests import COPIES, copy_id
from potluck.core.ids import new_id

Values = dict[str, Any]
Work = Callable[[Values], Awaitable[None]]


class Limit:
    """The work of each scenario, by its name."""

    def __init__(self, driver: Driver, dialect: raw_statements.Dialect, source: Values) -> None:
        self.driver = driver
        self.dialect = dialect
        self.source = source
        self.passwords = PasswordHasher()
        self.works: dict[str, Work] = {
            name: self._reading(statements)
            for name, statements in raw_statements.reading(dialect).items()
        }
        self.works |= {"create": self.create, "update": self.update, "login": self.login}

    def _reading(self, statements: tuple[str, ...]) -> Work:
        async def read(key: Values) -> None:
            for statement in statements:
                await self.driver.read(statement, key)

        return read

    async def create(self, _key: Values) -> None:
        await self.copy(new_id())

    async def copy(self, *ids: UUID) -> None:
        """Recipes and the first revision of each, in one transaction."""
        written = []
        for id in ids:
            values = self.source | {"id": id.hex}
            written.append((raw_statements.INSERT_RECIPE, values))
            written.append((raw_statements.INSERT_REVISION, values))
        await self.driver.write(*written)

    async def update(self, key: Values) -> None:
        await self.driver.write((raw_statements.UPDATE, key))

    async def login(self, key: Values) -> None:
        """The hash names our parameters, and argon2 takes them from there."""
        rows = await self.driver.read(raw_statements.ACCOUNT, key)
        await asyncio.to_thread(self.passwords.verify, rows[0][1], key["password"])

    async def clear(self) -> None:
        await self.driver.write((raw_statements.CLEAR, self.source))


def create() -> Starlette:
    """Serves the database of POTLUCK_DATABASE__URL."""
    answers = recorded.read(Path(os.environ["RAW_ANSWERS"]))
    opened = opened_from(os.environ["POTLUCK_DATABASE__URL"])

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opened as limit:
            app.state.works = limit.works
            yield

    routes = [Route("/health/live", alive)]
    routes += [Route(f"/{name}", _endpoint(name, each)) for name, each in answers.items()]
    return Starlette(routes=routes, lifespan=lifespan)


@asynccontextmanager
async def opened_from(url: str) -> AsyncIterator[Limit]:
    """The limit of a shelf; what it wrote is gone afterwards, and what an earlier one left."""
    dialect = raw_statements.POSTGRESQL
    opened: AbstractAsyncContextManager[Driver] = raw_engines.on_postgresql(url)
    if url.startswith("sqlite"):
        dialect = raw_statements.SQLITE
        opened = raw_engines.on_sqlite(Path(url.removeprefix("sqlite:///")))
    async with opened as driver:
        row, *_ = await driver.read(raw_statements.SOURCE, {})
        source = dict(zip(raw_statements.COLUMNS, row, strict=True))
        limit = Limit(driver, dialect, source | {"source_key": raw_statements.MARK})
        await limit.clear()
        await limit.copy(*map(copy_id, range(COPIES)))
        try:
            yield limit
        finally:
            await limit.clear()


def _endpoint(name: str, answer: recorded.Answer) -> Callable[[Request], Awaitable[Response]]:
    body = answer.body.encode()
    headers = {"content-type": answer.content_type} if answer.content_type else {}

    async def endpoint(request: Request) -> Response:
        await request.app.state.works[name](dict(request.query_params))
        return Response(body, answer.status, headers)

    return endpoint


async def alive(_request: Request) -> Response:
    return Response(b'{"status":"ok"}', media_type="application/json")
