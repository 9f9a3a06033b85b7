"""One id per request: in the answer, in every log line, in every problem."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from potluck.core.request_context import Origin, serving

_VALID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Keeps a well-formed `X-Request-ID` that was sent, else makes one (UUIDv7), and answers it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        sent = headers.get("x-request-id", "")
        request_id = sent if _VALID.fullmatch(sent) else str(uuid7())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        peer = scope.get("client")
        origin = Origin(peer[0] if peer else None, headers.get("user-agent"))
        with serving(request_id, origin):
            await self.app(scope, receive, send_with_id)
