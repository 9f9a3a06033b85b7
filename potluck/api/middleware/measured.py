"""What every request contributes to the metrics."""

from collections.abc import Callable
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from potluck.api.middleware.access_log import route_template

#: Anybody may send any method; only these become a label.
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class RequestMeter(Protocol):
    """Counts requests; `potluck.worker.metrics` has the one that is served to Prometheus."""

    def began(self) -> None:
        """A request came in."""

    def ended(self, *, method: str, route: str, status: int | None, duration_s: float) -> None:
        """It was answered, or not (None)."""


class Measured:
    """Tells the meter of each request; it is in the stack only where metrics are wanted.

    The route is the template, or `-` for all paths that there are not: a label that a stranger
    could choose would make as many series as they like.
    """

    def __init__(
        self, app: ASGIApp, *, meter: RequestMeter, monotonic_s: Callable[[], float]
    ) -> None:
        self.app = app
        self.meter = meter
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

        self.meter.began()
        try:
            await self.app(scope, receive, send_and_note)
        finally:
            method = scope["method"]
            self.meter.ended(
                method=method if method in METHODS else "OTHER",
                route=route_template(scope),
                status=status,
                duration_s=self.monotonic_s() - started_s,
            )
