"""ETag, Location and 304 in one place (RFC 9110, sections 8.8 and 13)."""

from fastapi import Request, Response

from potluck.core import etag


def not_modified(request: Request, response: Response, current: str) -> Response | None:
    """Set the caching headers of a read; gives the 304 when the client has this state already."""
    headers = {"ETag": current, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    known = ", ".join(request.headers.getlist("if-none-match"))
    if etag.matches(known, current, weak=True):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return None


def created(request: Request, response: Response, path: str) -> None:
    """Set `Location` to `path` below the version's prefix, such as `/recipes/ID`."""
    prefix = request.app.state.resources.settings.api_v1_prefix
    root = request.scope.get("app_root_path", request.scope.get("root_path", "")).rstrip("/")
    response.headers["Location"] = f"{root}{prefix}{path}"
