"""Ties the trace of a request to its log lines, and its span to the request id."""

from opentelemetry import trace
from starlette.types import ASGIApp, Receive, Scope, Send

from potluck.core.request_context import current_request_id, note_trace


class Traced:
    """Notes the ids of the active span; it is in the stack only where traces are wanted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        span = trace.get_current_span()
        found = span.get_span_context()
        if scope["type"] == "http" and found.is_valid:
            note_trace(trace.format_trace_id(found.trace_id), trace.format_span_id(found.span_id))
            span.set_attribute("potluck.request_id", current_request_id() or "")
        await self.app(scope, receive, send)
