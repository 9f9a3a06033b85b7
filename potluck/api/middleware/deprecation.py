"""What will go away says so on every answer, so that the authors of clients hear of it in time."""

from collections.abc import Mapping
from email.utils import format_datetime

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from potluck.api.sub_path import own_path
from potluck.core.config import Deprecation


class Deprecations:
    """Adds `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a `Link` to the notice by prefix.

    To every answer below a prefix of the table, refusals and failures included, which a dependency
    of the routes never sees; of two prefixes the longer one counts. A layer, as the routes of a
    version are the same objects in the next one where nothing changed.
    """

    def __init__(self, app: ASGIApp, *, table: Mapping[str, Deprecation]) -> None:
        self.app = app
        longest_first = sorted(table, key=len, reverse=True)
        self.fields = {prefix: _fields(table[prefix]) for prefix in longest_first}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fields = self._fields_for(scope) if scope["type"] == "http" else None
        if fields is None:
            await self.app(scope, receive, send)
            return

        async def send_with_notice(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in fields.items():
                    headers.append(name, value)
            await send(message)

        await self.app(scope, receive, send_with_notice)

    def _fields_for(self, scope: Scope) -> dict[str, str] | None:
        path = own_path(scope)
        for prefix, fields in self.fields.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                return fields
        return None


def _fields(deprecation: Deprecation) -> dict[str, str]:
    fields = {
        "Deprecation": f"@{int(deprecation.since.timestamp())}",
        "Link": f'<{deprecation.link}>; rel="deprecation"; type="text/html"',
    }
    if deprecation.sunset is not None:
        fields["Sunset"] = format_datetime(deprecation.sunset, usegmt=True)
    return fields
