"""Routes that take exactly what they declare: every endpoint file starts with `router = Router()`.

FastAPI ignores query parameters it does not know, takes the last of two values for one, and answers
422 to a body of another type. The contract refuses the first two with 422 and the third with 415,
and with 406 who does not take JSON.
"""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from http import HTTPStatus
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from fastapi import APIRouter, Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import HTTPException, RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.responses import Response

from potluck.api import accept, idempotency, json_body
from potluck.core.errors import NotAcceptable, UnsupportedMediaType

_POST = "POST"


class StrictRequest(Request):
    """A request whose JSON is read by `json_body.parse`."""

    async def json(self) -> Any:
        """The parsed body; 400 when it cannot be read (FastAPI lets only its own error pass)."""
        try:
            return json_body.parse(await self.body())
        except ValueError as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, str(error)) from None


class StrictRoute(APIRoute):
    """A route that refuses unknown and repeated query parameters and bodies of another type.

    A POST takes an `Idempotency-Key`; with other methods the header means nothing.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if _POST in (options.get("methods") or ()):
            endpoint = idempotency.claimed_first(endpoint)
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI calls this once for every place where the route is included."""
        handle = super().get_route_handler()
        declared: _Query | None = None

        async def answer(request: Request) -> Response:
            response = await handle(request)
            if response.status_code == HTTPStatus.NO_CONTENT:
                # FastAPI names the type of the body it then leaves out.
                del response.headers["content-type"]
            return response

        async def strict(request: Request) -> Response:
            nonlocal declared
            route = _as_included(self, request)
            declared = declared or _Query(route.dependant)
            declared.check(request)
            if not accept.takes(request.headers.getlist("accept"), "application/json"):
                raise NotAcceptable("Send Accept: application/json, or leave the header out.")
            if route.body_field is not None:
                _check_media_type(route.body_field.field_info.media_type, request.headers)
            request = StrictRequest(request.scope, request.receive)
            key = idempotency.key_of(request.headers) if request.method == _POST else None
            if key is None:
                return await answer(request)
            return await idempotency.Attempt(key, request).answered_by(answer)

        return strict


class Router(APIRouter):
    """`fastapi.APIRouter` with strict routes; takes the same arguments."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"route_class": StrictRoute} | options)


class _Query:
    """The query parameters that an operation and its dependencies declare."""

    def __init__(self, dependant: Dependant) -> None:
        self._fields = [field for part in _parts(dependant) for field in part.query_params]
        self._takes_many: dict[str, bool] = {}
        for field in self._fields:
            self._takes_many |= _names(field.alias, field.field_info.annotation)

    def check(self, request: Request) -> None:
        """RequestValidationError with every fault of the query string, if it has any."""
        if not request.scope["query_string"]:
            return
        seen: set[str] = set()
        faults: list[dict[str, Any]] = []
        for name, _ in request.query_params.multi_items():
            if name not in self._takes_many:
                faults.append(_fault(name, "extra_forbidden"))
            elif name in seen and not self._takes_many[name]:
                faults.append(_fault(name, "repeated"))
            seen.add(name)
        if faults:
            _, invalid = request_params_to_args(self._fields, request.query_params)
            raise RequestValidationError([*invalid, *faults])


def _as_included(route: APIRoute, request: Request) -> Any:
    """The route with the prefix and dependencies of the routers it was included through."""
    included = request.scope.get("fastapi", {}).get("effective_route_context")
    return included if getattr(included, "original_route", None) is route else route


def _parts(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for dependency in dependant.dependencies:
        yield from _parts(dependency)


def _names(alias: str, annotation: Any) -> dict[str, bool]:
    """Parameter names, and whether each may be given more than once."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return {
                field.alias or name: _is_list(field.annotation)
                for name, field in candidate.model_fields.items()
            }
    return {alias: _is_list(annotation)}


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in {Annotated, Union, UnionType}:
        return any(_is_list(part) for part in get_args(annotation))
    kind = origin or annotation
    if not isinstance(kind, type) or issubclass(kind, str | bytes):
        return False
    return issubclass(kind, Sequence | set | frozenset)


def _fault(name: str, code: str) -> dict[str, Any]:
    return {"type": code, "loc": ("query", name), "msg": ""}


def _check_media_type(expected: str, headers: Headers) -> None:
    """UnsupportedMediaType when a body comes with another type, none, or two (RFC 9112 6.3)."""
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if not has_body:
        return
    sent = headers.getlist("content-type")
    media_type, _, parameters = (sent[0] if len(sent) == 1 else "").partition(";")
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip(' "')
    if media_type.strip().lower() != expected or charset not in {"", "utf-8"}:
        raise UnsupportedMediaType(f"Send the body as {expected}.")
