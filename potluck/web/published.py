"""Answers that are the same for everybody and hold no cookie: any cache may keep them."""

from starlette.requests import Request
from starlette.responses import Response

from potluck.core import etag
from potluck.core.config import Settings

#: How long a cache may go without asking again; what stops being public is gone after that.
FRESH_S = 300


def publish(request: Request, settings: Settings, body: bytes, media_type: str) -> Response:
    """The document, or 304 for who has it already (RFC 9110, 13.1.2)."""
    current = etag.etag_of_body(body)
    headers = {"ETag": current, "Cache-Control": f"public, max-age={FRESH_S}"}
    if settings.robots == "deny":
        headers["X-Robots-Tag"] = "noindex"
    known = ", ".join(request.headers.getlist("if-none-match"))
    if etag.matches(known, current, weak=True):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
