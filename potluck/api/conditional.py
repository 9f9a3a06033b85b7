"""ETag, Location and 304 in one place (RFC 9110, sections 8.8 and 13)."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from potluck.api import versions
from potluck.api.header_openapi import headers
from potluck.api.sub_path import sub_path
from potluck.core import etag

#: For `responses=`, beside `problems(...)`: what the functions here and `ETag` do to an answer.
CACHED: dict[int | str, dict[str, Any]] = {
    200: {"headers": headers("ETag")},
    304: {"description": "The caller has this state already.", "headers": headers("ETag")},
}
CHANGED: dict[int | str, dict[str, Any]] = {200: {"headers": headers("ETag")}}
SHOWN: dict[int | str, dict[str, Any]] = {200: {"headers": headers("ETag", "Content-Location")}}
CREATED: dict[int | str, dict[str, Any]] = {201: {"headers": headers("ETag", "Location")}}
ACCEPTED: dict[int | str, dict[str, Any]] = {202: {"headers": headers("Location")}}


def not_modified(request: Request, response: Response, current: str) -> Response | None:
    """Set the caching headers of a read; gives the 304 when the client has this state already."""
    fields = {"ETag": current, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    known = ", ".join(request.headers.getlist("if-none-match"))
    if etag.matches(known, current, weak=True):
        return Response(status_code=304, headers=fields)
    response.headers.update(fields)
    return None


def answered(request: Request, response: Response, answer: BaseModel) -> Response:
    """A read that is made of several rows: its ETag is that of its very bytes, or the 304.

    Written once, and not once more by the framework: of a page of 50 recipes that was a quarter.
    """
    body = answer.model_dump_json().encode()
    known = not_modified(request, response, etag.etag_of_body(body))
    fields = dict(response.headers)
    return known or Response(body, headers=fields, media_type="application/json")


def created(request: Request, response: Response, path: str) -> None:
    """Set `Location` to `path` below the version's prefix, such as `/recipes/ID`."""
    response.headers["Location"] = _address(request, path)


def answers_for(request: Request, response: Response, path: str) -> None:
    """Say that the body is the resource at `path`, and not the one that was called (8.7)."""
    response.headers["Content-Location"] = _address(request, path)


def _address(request: Request, path: str) -> str:
    return f"{sub_path(request.scope)}{versions.of(request).prefix}{path}"
