"""How long we took, told to the client."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Timing:
    """Adds `X-Process-Time` (seconds) and `Server-Timing` (milliseconds) when the answer starts.

    `monotonic_s` gives seconds from an arbitrary point. The time of streaming a body is not in it:
    headers go out first.
    """

    def __init__(self, app: ASGIApp, *, monotonic_s: Callable[[], float]) -> None:
        self.app = app
        self.monotonic_s = monotonic_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started_s = self.monotonic_s()

        async def send_with_time(message: Message) -> None:
            if message["type"] == "http.response.start":
                took_s = self.monotonic_s() - started_s
                headers = MutableHeaders(scope=message)
                headers["X-Process-Time"] = f"{took_s:.6f}"
                # Append: an inner layer may have measured a part of its own.
                headers.append("Server-Timing", f"app;dur={took_s * 1000:.3f}")
            await send(message)

        await self.app(scope, receive, send_with_time)
