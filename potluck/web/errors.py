"""Refusals as pages, where a browser is looking."""

import re
from collections.abc import Awaitable, Callable, Collection
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import Response

from potluck.core import csrf
from potluck.core.actor import Actor
from potluck.core.errors import (
    AccountDeletionScheduled,
    AppError,
    TooManyRequests,
    Unauthenticated,
)
from potluck.core.request_context import current_request_id
from potluck.resources import Resources
from potluck.services import web_sessions
from potluck.services.account_deletions import RESTORE
from potluck.web import cookies, limits, typed_again
from potluck.web.assets import MOUNT
from potluck.web.deps import CONFIRM, VISITOR, NotConfirmed, Viewer
from potluck.web.rendering import Pages

PageOf = Callable[[Request, AppError], Awaitable[Response | None]]

_log = structlog.stdlib.get_logger("potluck.errors")
_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", re.IGNORECASE)


def page_of(api_prefixes: Collection[str]) -> PageOf:
    """Gives the page for a refusal, or None where a program asks: then it gets the document.

    Programs ask below `api_prefixes`, and wherever they do not prefer HTML.
    """
    below_api = tuple(f"{prefix}/" for prefix in api_prefixes)
    not_pages = (*below_api, "/health/", "/.well-known/", f"{MOUNT}/")
    docs_pages = {f"{prefix}/docs" for prefix in api_prefixes}

    async def answer(request: Request, error: AppError) -> Response | None:
        resources: Resources = request.app.state.resources
        pages = Pages(request, resources, _stranger(resources))
        is_program = pages.path.startswith(not_pages) and pages.path not in docs_pages
        if is_program or not prefers_html(request.headers.get("accept", "")):
            return None
        if isinstance(error, Unauthenticated) and request.method in {"GET", "HEAD"}:
            query = request.scope["query_string"].decode("latin-1")
            wanted = pages.path + (f"?{query}" if query else "")
            return pages.go(f"/login?{urlencode({'next': wanted})}")
        if isinstance(error, NotConfirmed):
            return pages.go(f"{CONFIRM}?{urlencode({'next': error.back_to})}")
        if isinstance(error, AccountDeletionScheduled):
            return pages.go(RESTORE)
        viewer = await _viewer(request, resources, error)
        pages = Pages(request, resources, viewer or pages.viewer)
        return _with_headers(await typed_again.page(pages, error) or _page(pages, error), error)

    return answer


def prefers_html(accept: str) -> bool:
    """Whether an `Accept` header (RFC 9110, 12.5.1) names HTML, and nothing of JSON above it."""
    weights = {"text/html": 0.0, "application/json": 0.0, "application/problem+json": 0.0}
    for item in accept.lower().split(","):
        media_type, *parameters = item.split(";")
        name = media_type.strip()
        if name in weights:
            found = [match for match in map(_QUALITY.fullmatch, parameters) if match]
            weights[name] = float(found[0][1]) if found else 1.0
    html = weights.pop("text/html")
    return html > 0 and html >= max(weights.values())


def _page(pages: Pages, error: AppError) -> Response:
    problem = {
        "status": error.status,
        "title": error.title,
        "slug": error.slug,
        "detail": error.detail,
        "next_step": error.extra.get("next_step"),
        "request_id": current_request_id(),
    }
    return pages.show("pages/error.html", status=error.status, has_form=True, problem=problem)


def _with_headers(response: Response, error: AppError) -> Response:
    if isinstance(error, TooManyRequests):
        limits.told(response, error)
    elif error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _stranger(resources: Resources) -> Viewer:
    return Viewer(None, Actor.anonymous(), csrf.make(resources.csrf_key, VISITOR))


async def _viewer(request: Request, resources: Resources, error: AppError) -> Viewer | None:
    """Who looks, for the frame of the page; None when that cannot be found out now."""
    value = cookies.read(request, resources.settings)
    if value is None or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    try:
        async with resources.database.reading() as session:
            found = await web_sessions.find(session, value, resources.clock.now())
    except Exception:  # noqa: BLE001 - the refusal is what the person must see
        _log.warning("no viewer for an error page", exc_info=True)
        return None
    if found is None:
        return None
    token = csrf.make(resources.csrf_key, found.session_id)
    return Viewer(found.user, found.actor, token, found.session_id)
