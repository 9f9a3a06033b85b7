"""One log event per request."""

from collections.abc import Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.stdlib.get_logger("potluck.access")


class AccessLog:
    """Logs `request` when an answer has ended: method, route, status, `duration_s`.

    The route is the template (`/api/v1/recipes/{recipe_id}`), never the path or the query string:
    those carry people's searches and, on links, secrets. The request id is added by the log itself.
    """

    def __init__(self, app: ASGIApp, *, monotonic_s: Callable[[], float]) -> None:
        self.app = app
        self.monotonic_s = monotonic_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started_s = self.monotonic_s()
        status: int | None = None

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            _log.info(
                "request",
                method=scope["method"],
                route=route_template(scope),
                status=status,
                duration_s=round(self.monotonic_s() - started_s, 6),
            )


def route_template(scope: Scope) -> str:
    """The whole template of the route that was chosen, with all prefixes; `-` when none was.

    Inside nested routers `scope["route"]` knows the innermost part alone (FastAPI 0.137 and later).
    A mount leaves no route behind, but what it matched at the end of `root_path`; a plain route
    leaves its endpoint, and its path is the template when it has no parameters.
    """
    included = scope.get("fastapi", {}).get("effective_route_context")
    for route in (included, scope.get("route")):
        if template := getattr(route, "path_format", ""):
            return str(template)
    root = scope.get("root_path", "")
    app_root = scope.get("app_root_path", root)
    if root != app_root:
        return str(root.removeprefix(app_root))
    if "endpoint" in scope and not scope.get("path_params"):
        return str(scope["path"].removeprefix(app_root))
    return "-"
