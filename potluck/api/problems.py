"""Refusals as problem documents (RFC 9457): the one place that turns errors into HTTP answers.

`install` handles whatever is raised inside the app; `problem_response` is for the layers around it.
The members are those of the API's contract: `type title status detail instance request_id`, for
422 also `errors`, and what the error itself adds. Nothing the client sent is repeated.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from potluck.api.problem_openapi import MAY_BE_LEAVING, MEDIA_TYPE, SIGNED_IN, problems
from potluck.api.sub_path import own_path, sub_path
from potluck.api.validation_errors import as_members, in_words
from potluck.core import errors
from potluck.core.errors import AppError
from potluck.core.request_context import current_request_id

__all__ = [
    "MAY_BE_LEAVING",
    "MEDIA_TYPE",
    "SIGNED_IN",
    "BaseUrlOf",
    "PageOf",
    "install",
    "problem_bytes",
    "problem_response",
    "problems",
]

#: Gives the address people type (no slash at the end) for the request in the ASGI scope.
BaseUrlOf = Callable[[Scope], str]
#: Gives an HTML page for a refusal, or None when this client wants the problem document.
PageOf = Callable[[Request, AppError], Awaitable[Response | None]]

#: RFC 9110 11.6.1 wants a challenge with every 401; RFC 6750 3 says which parameters.
_CHALLENGES = {
    "unauthenticated": "Bearer",
    "invalid-token": 'Bearer error="invalid_token"',
    "invalid-credentials": "Bearer",
    "invalid-setup-secret": "Bearer",
    "insufficient-scope": 'Bearer error="insufficient_scope"',
    # RFC 9470 section 3; its status would be 401, but who the caller is is in no doubt.
    "reauth-required": 'Bearer error="insufficient_user_authentication", max_age=600',
}
#: What a status that the framework raises means in our terms.
_BY_STATUS: dict[int, type[AppError]] = {
    400: errors.MalformedBody,
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    406: errors.NotAcceptable,
    408: errors.RequestTimeout,
    413: errors.BodyTooLarge,
    415: errors.UnsupportedMediaType,
    422: errors.Invalid,
    428: errors.PreconditionRequired,
    500: errors.Internal,
    503: errors.Unavailable,
}
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class _Unnamed(AppError):
    """A status of the framework that we have no name for: `about:blank` in RFC 9457 4.2.1."""

    slug = ""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(detail)
        self.status = status  # type: ignore[misc]
        self.title = HTTPStatus(status).phrase  # type: ignore[misc]


def problem_bytes(error: AppError, *, scope: Scope, base_url: str) -> bytes:
    """The document for `error` in UTF-8 JSON; `scope` is the request's, `base_url` without slash.

    Escaped to ASCII, so that a lone surrogate in the name of an unknown member cannot break it.
    """
    document: dict[str, Any] = {
        "type": f"{base_url}/problems/{error.slug}" if error.slug else "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail or error.title,
        "instance": _instance(scope),
        "request_id": current_request_id(),
    }
    extra = error.extra
    if error.status == HTTPStatus.UNPROCESSABLE_ENTITY and "errors" in extra and not error.detail:
        document["detail"] = in_words(len(extra["errors"]))
    return json.dumps(document | extra, default=str, separators=(",", ":")).encode()


def problem_response(
    error: AppError,
    *,
    scope: Scope,
    base_url: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The whole answer for `error`: an ASGI app, so middleware can call it as well.

    `headers` come from the framework (`Allow`, `WWW-Authenticate`) and win over ours.
    """
    fields = {"Cache-Control": "no-store"}
    if challenge := _CHALLENGES.get(error.slug):
        fields["WWW-Authenticate"] = challenge
    if error.retry_after_s is not None:
        fields["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, errors.TooManyRequests) and error.budget is not None:
        fields |= error.budget.fields()
    # Case-insensitive: "allow" from the framework replaces "Allow" of ours.
    merged = Headers(fields).mutablecopy()
    merged.update(headers or {})
    return Response(
        problem_bytes(error, scope=scope, base_url=base_url),
        status_code=error.status,
        headers=merged,
        media_type=MEDIA_TYPE,
    )


def install(app: FastAPI, *, base_url_of: BaseUrlOf, page_of: PageOf | None = None) -> None:
    """Make every refusal of `app` a problem, also the framework's own.

    `page_of` may answer with HTML instead where a person is looking (it gets the request and the
    error); without it, or when it gives None, the answer is the problem document.
    """

    async def answer(
        request: Request, error: AppError, headers: Mapping[str, str] | None = None
    ) -> Response:
        page = await page_of(request, error) if page_of else None
        if page is not None:
            page.headers.update(headers or {})
            return page
        scope = request.scope
        return problem_response(error, scope=scope, base_url=base_url_of(scope), headers=headers)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, AppError)  # noqa: S101 - the handler's registration says so
        return await answer(request, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        # `DELETE /recipes/search` came as far as the route that takes an id in that place.
        if request.path_params and _of_fixed_path(app, request.scope):
            return await framework(request, HTTPException(HTTPStatus.METHOD_NOT_ALLOWED))
        return await answer(request, _not_valid(error))

    async def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        headers = dict(error.headers or {})
        if error.status_code < HTTPStatus.BAD_REQUEST:
            return Response(status_code=error.status_code, headers=headers)
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {"Allow": ", ".join(_allowed(app, request.scope))}
        return await answer(request, _named(error), headers)

    app.add_exception_handler(AppError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, framework)


def _instance(scope: Scope) -> str:
    """The path the client asked for, with the sub-path of a proxy, without the query string."""
    return quote(sub_path(scope) + own_path(scope), safe="/:@!$&'()*+,;=~")


def _not_valid(error: RequestValidationError) -> AppError:
    body: object = error.body
    if isinstance(body, bytes):
        return errors.UnsupportedMediaType("Send the body as application/json.")
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return errors.MalformedBody("The body is not valid JSON.")
    return errors.Invalid(errors=as_members(found, body))


def _named(error: HTTPException) -> AppError:
    detail = error.detail if isinstance(error.detail, str) else ""
    if detail in {"", HTTPStatus(error.status_code).phrase}:
        detail = _SENTENCES.get(error.status_code, "")
    kind = _BY_STATUS.get(error.status_code)
    return kind(detail) if kind else _Unnamed(error.status_code, detail)


_SENTENCES = {
    404: "There is nothing at this address.",
    405: "The header Allow lists the methods of this address.",
    413: "Send less; the limit is in the documentation of the operation.",
}


def _allowed(app: FastAPI, scope: Scope) -> Iterable[str]:
    """Every method that some route takes at this path.

    The framework's own `Allow` names those of the first route that matched alone, but GET and POST
    of one path are two routes (RFC 9110 10.2.1 wants the methods of the resource).
    """
    if fixed := _of_fixed_path(app, scope):
        return sorted(fixed)
    routes = [route for route in app.router.routes if not isinstance(route, Mount)]
    found = set()
    for method in _METHODS:
        probe = {**scope, "root_path": sub_path(scope), "fastapi": {}, "method": method}
        if any(route.matches(probe)[0] is Match.FULL for route in routes):
            found |= {method, "HEAD"} if method == "GET" else {method}
    return sorted(found) or ("GET", "HEAD")


def _of_fixed_path(app: FastAPI, scope: Scope) -> set[str]:
    """The methods of a path that some route names without a parameter; empty when none does.

    Where a word stands in the place of an id, as in `/recipes/search`, what may be done with a
    recipe is none of its methods.
    """
    path = own_path(scope)
    named = (each for each in iter_route_contexts(app.router.routes) if each.path == path)
    methods = {method for each in named for method in each.methods or ()}
    return methods | {"HEAD"} if "GET" in methods else methods
