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
    response.headers["Location"] = _address(request, path)


def answers_for(request: Request, response: Response, path: str) -> None:
    """Say that the body is the resource at `path`, and not the one that was called (8.7)."""
    response.headers["Content-Location"] = _address(request, path)


def _address(request: Request, path: str) -> str:
    prefix = request.app.state.resources.settings.api_v1_prefix
    root = request.scope.get("app_root_path", request.scope.get("root_path", "")).rstrip("/")
    return f"{root}{prefix}{path}"
