"""Versions of the API side by side: their routes, and a description of each on its own.

A version includes new routers where its contract changed, and the same router objects as the one
before elsewhere. They are included, not mounted: a mounted app would have no lifespan, no handlers
and no state. A document of all routes would hold operation ids twice, so each version has its own.
"""

import json
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.responses import Response

from potluck.api.sub_path import own_path, sub_path

Json = dict[str, Any]


@dataclass(frozen=True)
class Version:
    """A version of the API: its number, `prefix` like `/api/v1`, and everything below it."""

    number: int
    prefix: str
    router: APIRouter

    def holds(self, path: str) -> bool:
        """Whether a path, without the sub-path of a proxy, is one of this version."""
        return path.startswith(f"{self.prefix}/")


def add(app: FastAPI, versions: tuple[Version, ...]) -> None:
    """Serve every version and, below its prefix, its document; `app.openapi()` is the first's."""
    app.state.versions, app.state.documents = versions, {}
    for version in versions:
        app.include_router(version.router, prefix=version.prefix)
        _serve_document(app, version)
    app.openapi = lambda: document_of(app, versions[0])  # type: ignore[method-assign]


def of(request: Request) -> Version:
    """The version that a request came in by. StopIteration outside of all."""
    path = own_path(request.scope)
    versions: tuple[Version, ...] = request.app.state.versions
    return next(version for version in versions if version.holds(path))


def document_of(app: FastAPI, version: Version) -> Json:
    """The OpenAPI document of one version, and of what stands outside versions; made once."""
    made: dict[str, Json] = app.state.documents
    if version.prefix not in made:
        # Examples and links are read when somebody asks: they are no part of a start.
        from potluck.api.openapi.document import DESCRIPTION, TAGS, complete  # noqa: PLC0415

        described = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=DESCRIPTION,
            tags=TAGS,
            routes=_routes(app, version),
        )
        made[version.prefix] = complete(described, version.number)
    return made[version.prefix]


def _routes(app: FastAPI, version: Version) -> list[RouteContext]:
    versions: tuple[Version, ...] = app.state.versions
    others = [each for each in versions if each != version]
    return [
        route
        for route in iter_route_contexts(app.router.routes)
        if not any(other.holds(route.path_format or "") for other in others)
    ]


def _serve_document(app: FastAPI, version: Version) -> None:
    # By the sub-path of the proxy, which is the same for every request of an installation.
    written: dict[str, bytes] = {}

    async def openapi(request: Request) -> Response:
        root = sub_path(request.scope)
        if root not in written:
            # Describing takes half a second once, and writing it down 40 ms.
            written[root] = await to_thread.run_sync(_written, app, version, root)
        return Response(written[root], media_type="application/json")

    app.add_route(f"{version.prefix}/openapi.json", openapi, include_in_schema=False)


def _written(app: FastAPI, version: Version, root: str) -> bytes:
    described = document_of(app, version)
    served = described | ({"servers": [{"url": root}]} if root else {})
    return json.dumps(served, ensure_ascii=False, separators=(",", ":")).encode()
