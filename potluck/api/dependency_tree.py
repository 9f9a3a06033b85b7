"""What each operation asks for, read from the app itself: the source of a reference page."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import get_args, get_origin

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.params import Depends, Security
from fastapi.routing import APIRoute, iter_route_contexts

from potluck import providers
from potluck.api import deps

#: Where the aliases are that an endpoint may ask for.
ALIAS_MODULES: tuple[ModuleType, ...] = (deps, providers)

#: The function that an alias stands for (its identity), and the scopes it adds.
Asked = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Dependency:
    """One dependency and what it asks for in turn.

    `alias` is the name endpoints use, empty when they use none; `about` the first sentence of its
    docstring; `is_closed_early` says that it ends before the answer leaves; `scopes` are those
    that the operation adds to it.
    """

    name: str
    alias: str
    about: str
    is_closed_early: bool
    scopes: tuple[str, ...]
    asks_for: tuple["Dependency", ...]

    def walk(self) -> Iterator["Dependency"]:
        """The dependency itself and all below it, from the top."""
        yield self
        for each in self.asks_for:
            yield from each.walk()


@dataclass(frozen=True)
class Operation:
    """An operation of the API: its name, `GET /api/v1/...`, and its dependencies."""

    name: str
    request: str
    asks_for: tuple[Dependency, ...]

    @property
    def all_dependencies(self) -> list[Dependency]:
        """Every dependency of the operation, those of dependencies included."""
        return [each for top in self.asks_for for each in top.walk()]


def operations(app: FastAPI) -> list[Operation]:
    """Every operation in the OpenAPI document, in its order."""
    names = dict(_aliases())
    found = []
    for context in iter_route_contexts(app.router.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and context.include_in_schema:
            [method] = context.methods or {"GET"}
            tops = tuple(_dependency(each, names) for each in context.dependant.dependencies)
            found.append(Operation(route.name, f"{method} {context.path_format}", tops))
    return found


def _aliases() -> Iterator[tuple[Asked, str]]:
    for module in ALIAS_MODULES:
        for name, value in vars(module).items():
            if get_origin(value) is None:
                continue
            for mark in get_args(value)[1:]:
                if isinstance(mark, Security):
                    yield (id(mark.dependency), tuple(mark.scopes or ())), name
                elif isinstance(mark, Depends):
                    yield (id(mark.dependency), ()), name


def _dependency(dependant: Dependant, names: dict[Asked, str]) -> Dependency:
    call = dependant.call
    scopes = tuple(dependant.own_oauth_scopes or ())
    about = (call.__doc__ or "").strip().partition("\n")[0]
    return Dependency(
        name=getattr(call, "__name__", type(call).__name__),
        alias=names.get((id(call), scopes), ""),
        about=about if hasattr(call, "__name__") else "The token of the header Authorization.",
        is_closed_early=dependant.scope == "function",
        scopes=scopes,
        asks_for=tuple(_dependency(each, names) for each in dependant.dependencies),
    )
