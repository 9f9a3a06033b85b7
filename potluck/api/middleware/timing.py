"""How long a request took: timed once, for the client, the log and the metrics."""

from collections.abc import Callable
from typing import Protocol

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from potluck.api.middleware.route_template import route_template

_log = structlog.stdlib.get_logger("potluck.access")


class RequestMeter(Protocol):
    """Counts requests; `potluck.worker.metrics` has the one that is served to Prometheus."""

    def began(self) -> None:
        """A request came in."""

    def ended(self, *, method: str, route: str, status: int | None, duration_s: float) -> None:
        """It was answered, or not (None)."""


class Timing:
    """Tells the client when the answer starts, log and meter when it has ended.

    The client reads `X-Process-Time` (seconds) and `Server-Timing` (milliseconds); the time of
    streaming a body is not in them, as headers go out first.

    The log has one event `request` with method, route, status and `duration_s`; the request id is
    added by the log itself. The route is the template (`/api/v1/recipes/{recipe_id}`), never the
    path or the query string: those carry people's searches and, on links, secrets, and as a label
    of a metric they would make as many series as strangers like. `monotonic_s` gives seconds from
    an arbitrary point.
    """

    def __init__(
        self, app: ASGIApp, *, monotonic_s: Callable[[], float], meter: RequestMeter | None = None
    ) -> None:
        self.app = app
        self.monotonic_s = monotonic_s
        self.meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started_s = self.monotonic_s()
        status: int | None = None

        async def send_with_time(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                took_s = self.monotonic_s() - started_s
                headers = MutableHeaders(scope=message)
                headers["X-Process-Time"] = f"{took_s:.6f}"
                # Append: an inner layer may have measured a part of its own.
                headers.append("Server-Timing", f"app;dur={took_s * 1000:.3f}")
            await send(message)

        if self.meter:
            self.meter.began()
        try:
            await self.app(scope, receive, send_with_time)
        finally:
            self._tell(scope, status, self.monotonic_s() - started_s)

    def _tell(self, scope: Scope, status: int | None, duration_s: float) -> None:
        method, route = scope["method"], route_template(scope)
        if self.meter:
            self.meter.ended(method=method, route=route, status=status, duration_s=duration_s)
        _log.info(
            "request",
            method=method,
            route=route,
            status=status,
            duration_s=round(duration_s, 6),
        )
