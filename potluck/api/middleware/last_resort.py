"""What nobody else caught."""

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from potluck.api.problems import BaseUrlOf, PageOf, problem_response
from potluck.core.errors import Internal

_log = structlog.stdlib.get_logger("potluck.errors")


class LastResort:
    """Turns any exception into a 500 problem that names nothing but the request id.

    It lies within the other layers, so the answer still passes CORS, ids and timing, and
    it does not raise again, so the server keeps the connection. When the answer had started there
    is nothing left to say: the server closes the connection, which tells the client that the body
    is not whole.
    """

    def __init__(
        self, app: ASGIApp, *, base_url_of: BaseUrlOf, page_of: PageOf | None = None
    ) -> None:
        self.app = app
        self.base_url_of = base_url_of
        self.page_of = page_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception:  # noqa: BLE001 - that is what it is for
            _log.exception("unexpected error", method=scope["method"], has_started=has_started)
            if not has_started:
                error = Internal(
                    "The failure is logged; name the request id when you ask for help."
                )
                answer = await self._page(scope, error) or problem_response(
                    error, scope=scope, base_url=self.base_url_of(scope)
                )
                await answer(scope, receive, send)

    async def _page(self, scope: Scope, error: Internal) -> Response | None:
        """The failure as a page; None where a program asks, or when the page fails as well."""
        if self.page_of is None:
            return None
        try:
            return await self.page_of(Request(scope), error)
        except Exception:  # noqa: BLE001 - the document says the same
            _log.exception("no page for an unexpected error")
            return None
