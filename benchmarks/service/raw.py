"""The raw limit: Starlette and the database's own driver, and nothing that makes a product.

No account, no rights, no validation, no layers: one statement of text, and its bytes go out. On
SQLite the driver of the standard library, on the event loop; on PostgreSQL psycopg's own pipeline.
"""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

CONNECTIONS = 8
GET = "SELECT document FROM recipe WHERE id = :id"
LIST = (
    "SELECT id, title, slug, summary, status, visibility, created_at, updated_at FROM recipe"
    " WHERE household_id = :household ORDER BY created_at DESC, id DESC LIMIT 50"
)
Query = Callable[[str, dict[str, Any]], Awaitable[list[Any]]]


def create() -> Starlette:
    """Serves the database of POTLUCK_DATABASE__URL."""
    url = os.environ["POTLUCK_DATABASE__URL"]
    opened = on_sqlite(Path(url.removeprefix("sqlite:///")))
    if not url.startswith("sqlite"):
        opened = on_postgresql(url)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opened as app.state.query:
            yield

    routes = [Route("/recipes/{id}", one), Route("/recipes", fifty), Route("/health/live", alive)]
    return Starlette(routes=routes, lifespan=lifespan)


@asynccontextmanager
async def on_sqlite(path: Path) -> AsyncIterator[Query]:
    connection = sqlite3.connect(path, isolation_level=None)

    async def query(statement: str, values: dict[str, Any]) -> list[Any]:
        plain = {name: value.hex for name, value in values.items()}
        return connection.execute(statement, plain).fetchall()

    yield query
    connection.close()


@asynccontextmanager
async def on_postgresql(url: str) -> AsyncIterator[Query]:
    free: asyncio.Queue[psycopg.AsyncConnection[Any]] = asyncio.Queue()
    async with AsyncExitStack() as stack:
        for _ in range(CONNECTIONS):
            connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
            free.put_nowait(await stack.enter_async_context(connection))

        async def query(statement: str, values: dict[str, Any]) -> list[Any]:
            connection = await free.get()
            try:
                named = statement
                for name in values:
                    named = named.replace(f":{name}", f"%({name})s")
                return await (await connection.execute(named, values)).fetchall()
            finally:
                free.put_nowait(connection)

        yield query


async def one(request: Request) -> Response:
    rows = await request.app.state.query(GET, {"id": UUID(request.path_params["id"])})
    return Response(rows[0][0], media_type="application/json")


async def fifty(request: Request) -> Response:
    household = UUID(request.query_params["household_id"])
    rows = await request.app.state.query(LIST, {"household": household})
    return Response(
        json.dumps([list(map(str, row)) for row in rows]), media_type="application/json"
    )


async def alive(_request: Request) -> Response:
    return Response(b'{"status":"ok"}', media_type="application/json")
