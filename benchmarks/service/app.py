"""The shipped app with one more route: the yardstick of the table."""

from fastapi import FastAPI
from starlette.responses import Response

from potluck import main
from potluck.api.routing import Router
from potluck.core import config_loading

STATIC_PATH = "/static-bytes"
STATIC_BYTES = b'{"bytes":"' + b"x" * 4_000 + b'"}'


def with_static() -> FastAPI:
    """Potluck, and below the API's prefix a route that only returns bytes.

    It stands in an included API router behind every layer that requests pass.
    """
    app = main.from_environment()
    router = Router()

    @router.get(STATIC_PATH, response_class=Response)
    async def static_bytes() -> Response:
        return Response(STATIC_BYTES, media_type="application/json")

    app.include_router(router, prefix=config_loading.load().api_v1_prefix)
    return app
