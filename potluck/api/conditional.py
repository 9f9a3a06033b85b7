"""ETag, Location and 304 in one place (RFC 9110, sections 8.8 and 13)."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from potluck.api import versions
from potluck.api.sub_path import sub_path
from potluck.core import etag


def _headers(*names: str) -> dict[str, Any]:
    return {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}


#: For `responses=`, beside `problems(...)`: what the functions here and `ETag` do to an answer.
CACHED: dict[int | str, dict[str, Any]] = {
    200: _headers("ETag"),
    304: {"description": "The caller has this state already.", **_headers("ETag")},
}
CHANGED: dict[int | str, dict[str, Any]] = {200: _headers("ETag")}
SHOWN: dict[int | str, dict[str, Any]] = {200: _headers("ETag", "Content-Location")}
CREATED: dict[int | str, dict[str, Any]] = {201: _headers("ETag", "Location")}


def not_modified(request: Request, response: Response, current: str) -> Response | None:
    """Set the caching headers of a read; gives the 304 when the client has this state already."""
    headers = {"ETag": current, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    known = ", ".join(request.headers.getlist("if-none-match"))
    if etag.matches(known, current, weak=True):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return None


def answered(request: Request, response: Response, answer: BaseModel) -> Response:
    """A read that is made of several rows: its ETag is that of its very bytes, or the 304.

    Written once, and not once more by the framework: of a page of 50 recipes that was a quarter.
    """
    body = answer.model_dump_json().encode()
    known = not_modified(request, response, etag.etag_of_body(body))
    headers = dict(response.headers)
    return known or Response(body, headers=headers, media_type="application/json")


def created(request: Request, response: Response, path: str) -> None:
    """Set `Location` to `path` below the version's prefix, such as `/recipes/ID`."""
    response.headers["Location"] = _address(request, path)


def answers_for(request: Request, response: Response, path: str) -> None:
    """Say that the body is the resource at `path`, and not the one that was called (8.7)."""
    response.headers["Content-Location"] = _address(request, path)


def _address(request: Request, path: str) -> str:
    return f"{sub_path(request.scope)}{versions.of(request).prefix}{path}"
