"""Every operation of the API refuses what it does not declare."""

from fastapi.routing import iter_route_contexts

from potluck.api import health, well_known
from potluck.api.api_v1.api import api_router
from potluck.api.routing import StrictRoute


def test_every_route_is_strict() -> None:
    routers = (api_router, health.router, well_known.router)
    found = [
        context.original_route
        for router in routers
        for context in iter_route_contexts(router.routes)
    ]
    assert found
    lax = [route for route in found if not isinstance(route, StrictRoute)]
    assert not lax, "write `router = Router()` of potluck.api.routing in endpoint files"
