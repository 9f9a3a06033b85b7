"""Which other origins' scripts may read our answers (Fetch standard, CORS protocol)."""

import re
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")
_EXPOSED = (
    "Allow, Deprecation, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, "
    "Retry-After, Server-Timing, Sunset, WWW-Authenticate, X-Process-Time"
)
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "DELETE, GET, HEAD, PATCH, POST, PUT",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-ID"
    ),
    "Access-Control-Max-Age": "600",
}


class Cors:
    """Lets the listed origins in, by exact comparison, and never with credentials.

    Credentials here mean cookies; scripts of other origins use the `Authorization` header. Other
    origins get the same answer without CORS headers, and their browsers keep it from them.
    (Starlette's own middleware answers their preflights with 400 in plain text, which is no problem
    document; hence this one.)
    """

    def __init__(self, app: ASGIApp, *, origins: Collection[str]) -> None:
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no exact origin like https://app.example.org")
        self.app = app
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        is_allowed = origin in self.origins

        async def send_with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                answered.add_vary_header("Origin")
                if is_allowed:
                    answered["Access-Control-Allow-Origin"] = origin
                    answered["Access-Control-Expose-Headers"] = f"{_EXPOSED}, X-Request-ID"
            await send(message)

        is_preflight = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        if is_allowed and is_preflight:
            preflight = Response(status_code=204, headers=_PREFLIGHT)
            await preflight(scope, receive, send_with_cors)
            return
        await self.app(scope, receive, send_with_cors)
