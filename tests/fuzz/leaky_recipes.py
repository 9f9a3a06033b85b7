"""A small service of recipes for the campaign to attack, in which a right can be left out."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID, uuid4

import uvicorn
from fastapi import Depends, FastAPI, Form, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from tests.fuzz.kitchen import API, PEERS, address

START_WITHIN_S = 30
NAMES = {address(name): name for name in PEERS}


class RecipeIn(BaseModel):
    """What is sent."""

    title: str


class Recipe(RecipeIn):
    """What is shown."""

    id: UUID


@dataclass
class Shelf:
    """Everybody's recipes, each with who wrote it down."""

    recipes: dict[UUID, tuple[str, Recipe]] = field(default_factory=dict)


def reader(shown: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    """Who asks; the token is the name."""
    if shown.credentials not in PEERS:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return shown.credentials


ReaderOf = Annotated[str, Depends(reader)]


def readable(name: ReaderOf) -> frozenset[str]:
    """Whose recipes may be read: one's own."""
    return frozenset({name})


def everybodys(name: ReaderOf) -> frozenset[str]:
    """The planted fault, in place of `readable`: whoever is signed in reads everything."""
    del name
    return frozenset(PEERS)


def service() -> FastAPI:
    """The service without a fault; `dependency_overrides` is where one is planted."""
    app = FastAPI(openapi_url=f"{API}/openapi.json")
    shelf = Shelf()

    @app.post(f"{API}/auth/login", include_in_schema=False)
    def login(username: Annotated[str, Form()]) -> dict[str, str]:
        return {"access_token": NAMES[username]}

    @app.post(f"{API}/recipes", status_code=201, responses={401: {}})
    def create(data: RecipeIn, name: ReaderOf) -> Recipe:
        made = Recipe(id=uuid4(), title=data.title)
        shelf.recipes[made.id] = name, made
        return made

    @app.get(f"{API}/recipes/{{recipe_id}}", responses={401: {}, 404: {}})
    def read(recipe_id: UUID, whose: Annotated[frozenset[str], Depends(readable)]) -> Recipe:
        owner, found = shelf.recipes.get(recipe_id, ("", None))
        if found is None or owner not in whose:
            raise HTTPException(404)
        return found

    return app


@dataclass(frozen=True)
class Served:
    """The service on a port of loopback, as the campaign wants it."""

    url: str
    engine: str = "none"

    def is_alive(self) -> bool:
        """It runs in the process of the test."""
        return True

    def said(self) -> str:
        """It keeps no log."""
        return ""


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[Served]:
    """Serve it until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            end = time.monotonic() + START_WITHIN_S
            while not server.started and time.monotonic() < end:
                time.sleep(0.01)
            yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()
