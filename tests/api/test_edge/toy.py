"""A small app behind the real edge: one route for every kind of answer."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import httpx2
from fastapi import Depends, FastAPI, Form, Header, Query, Request, Response
from fastapi.exceptions import HTTPException
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from potluck.api import problems
from potluck.api.middleware import stack
from potluck.api.problems import PageOf
from potluck.api.routing import Router
from potluck.core import errors
from potluck.core.config import Deprecation
from tests.doubles import FakeClock

BASE_URL = "https://potluck.test"
MIB = 1024 * 1024
LIMIT = MIB
IMPORT_LIMIT = 6 * MIB

#: What `/refused/{slug}` raises.
REFUSALS: dict[str, errors.AppError] = {
    "unauthenticated": errors.Unauthenticated(),
    "invalid-token": errors.RefreshReused(),
    "invalid-credentials": errors.InvalidCredentials(),
    "invalid-setup-secret": errors.InvalidSetupSecret(),
    "insufficient-scope": errors.InsufficientScope(needs=["recipes:write"]),
    "not-found": errors.NotFound("No recipe with this id is visible to you."),
    "tag-exists": errors.TagExists("Use the tag that exists.", tag_id="42"),
    "stale": errors.Stale(etag='"7"'),
    "unavailable": errors.Unavailable(retry_after_s=3),
    "not-ready": errors.NotReady(checks={"database": "failed"}),
    "invalid": errors.Invalid.member("/name", "taken", "Choose another name."),
    "fetch-too-slow": errors.FetchTooSlow(),
}


class TagById(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: UUID


class TagByName(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=10)]


class Short(BaseModel):
    kind: Literal["short"]
    short: str
    size: int = 0


class Long(BaseModel):
    kind: Literal["long"]
    long: str


class Thing(BaseModel):
    """Every shape of location that Pydantic can give an error."""

    model_config = ConfigDict(extra="forbid")
    title: Annotated[str, Field(min_length=1, max_length=20)]
    count: int | None = None
    tags: list[TagById | TagByName] = []
    notes: dict[str, int] = {}
    text: Annotated[Short | Long, Field(discriminator="kind")] | None = None
    exact: str | None = None
    unsafe: str | None = None

    @field_validator("exact")
    @classmethod
    def _is_exact(cls, value: str | None) -> str | None:
        if value == "1.5":
            raise PydanticCustomError("not_exact", "Send the number as a string.")
        return value

    @field_validator("unsafe")
    @classmethod
    def _repeats_the_input(cls, value: str | None, _info: ValidationInfo) -> str | None:
        raise ValueError(f"could not use {value}")


class Filter(BaseModel):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    tag: list[str] = []


def _shared(lang: str = "en") -> str:
    return lang


def build(
    clock: FakeClock,
    *,
    static: Path,
    origins: Collection[str] = (),
    own_hosts: frozenset[str] = frozenset(),
    body_grace_s: float = 10,
    is_https: bool = True,
    page_of: PageOf | None = None,
    deprecations: Mapping[str, Deprecation] | None = None,
) -> FastAPI:
    """The toy behind the whole stack; its routes lie below /api, in two nested routers."""
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        middleware=stack(
            clock=clock,
            base_url_of=lambda _scope: BASE_URL,
            limit_for=lambda path: IMPORT_LIMIT if path.endswith("/import") else LIMIT,
            is_https=is_https,
            own_hosts=own_hosts,
            body_grace_s=body_grace_s,
            cors_origins=origins,
            deprecations=deprecations,
        ),
    )
    problems.install(app, base_url_of=lambda _scope: BASE_URL, page_of=page_of)
    outer = Router()
    outer.include_router(_inner(clock), prefix="/things", dependencies=[Depends(_shared)])
    app.include_router(outer, prefix="/api")
    app.mount("/static", StaticFiles(directory=static))
    return app


def client_of(app: FastAPI, *, root_path: str = "") -> httpx2.AsyncClient:
    """Whatever the app raises, the test sees: nothing may pass the edge.

    `root_path` is the sub-path that a proxy serves us under, as uvicorn passes it on.
    """
    transport = httpx2.ASGITransport(app, raise_app_exceptions=True, root_path=root_path)
    return httpx2.AsyncClient(transport=transport, base_url=BASE_URL)


def _inner(clock: FakeClock) -> Router:
    router = Router()
    _answers(router, clock)
    _refusals(router)
    _bodies(router)
    return router


def _answers(router: Router, clock: FakeClock) -> None:
    @router.get("")
    async def list_things(
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        tag: Annotated[list[str] | None, Query()] = None,
        match: Annotated[str | None, Query(alias="q")] = None,
    ) -> list[int]:
        clock.advance(timedelta(microseconds=3412))
        return [limit]

    @router.get("/filtered")
    async def filter_things(filter: Annotated[Filter, Query()]) -> int:
        return filter.limit

    @router.get("/item/{thing_id}", responses=problems.problems("not-found", 503))
    async def get_thing(thing_id: UUID, if_match: Annotated[int, Header()] = 0) -> Response:
        return Response(status_code=304, headers={"ETag": '"1"'})

    @router.get("/page")
    async def page() -> HTMLResponse:
        return HTMLResponse("<p>", headers={"Content-Security-Policy": "default-src 'self'"})

    @router.get("/stream")
    async def stream(*, fail: bool = False) -> StreamingResponse:
        return StreamingResponse(_chunks(clock, fail=fail), media_type="text/plain")

    @router.get("/text/{size}")
    async def text(size: int, kind: str = "text/plain") -> Response:
        return Response("soup" * (size // 4), media_type=kind, headers={"ETag": '"7"'})

    @router.get("/measured")
    async def measured() -> Response:
        return Response(headers={"Server-Timing": "db;dur=1.000"})


async def _chunks(clock: FakeClock, *, fail: bool) -> AsyncIterator[bytes]:
    yield b"first"
    clock.advance(timedelta(seconds=5))
    if fail:
        raise RuntimeError("the source dried up")
    yield b"second"


def _refusals(router: Router) -> None:
    @router.get("/refused/{slug}")
    async def refuse(slug: str) -> None:
        raise REFUSALS[slug]

    @router.get("/framework/{status}")
    async def refuse_as_the_framework(status: int) -> None:
        raise HTTPException(status, headers={"X-Hint": "yes"})

    @router.get("/boom")
    async def boom() -> None:
        raise RuntimeError("secret detail /srv/potluck/db.py SELECT 1")


def _bodies(router: Router) -> None:
    @router.post("", status_code=201)
    async def create_thing(thing: Thing, response: Response) -> str:
        response.headers["Location"] = "/api/things/1"
        return thing.title

    @router.put("/item/{thing_id}")
    @router.patch("/item/{thing_id}")
    async def change_thing(thing_id: UUID, body: dict[str, int]) -> dict[str, int]:
        return body

    @router.post("/login")
    async def log_in(username: Annotated[str, Form()], age: Annotated[int, Form()] = 1) -> str:
        return username

    @router.post("/import")
    async def take(request: Request) -> int:
        return len(await request.body())

    @router.post("/ignore")
    async def ignore_body() -> str:
        return "did not look"
