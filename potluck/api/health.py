"""Liveness and readiness, outside the versioned API."""

from potluck.api.problems import problems
from potluck.api.routing import Router
from potluck.providers import ResourcesOf
from potluck.schemas.health import Live, Ready
from potluck.services import readiness

router = Router(tags=["health"])


@router.get("/health/live")
async def get_live() -> Live:
    """Answers while the process runs; touches nothing."""
    return Live(status="ok")


@router.get("/health/ready", responses=problems("not-ready"))
async def get_ready(resources: ResourcesOf) -> Ready:
    """Whether this process can serve: database there, schema up to date, not shutting down."""
    checks = await readiness.check(
        resources.database.reading, is_draining=resources.lifecycle.is_draining
    )
    return Ready(status="ready", checks=checks)
