"""Liveness and readiness, outside the versioned API."""

from fastapi import Request, Response

from potluck.api.problems import problems
from potluck.api.routing import Router
from potluck.core import self_probe
from potluck.core.self_probe import Seen
from potluck.providers import ResourcesOf
from potluck.resources import Resources
from potluck.schemas.health import Live, Ready
from potluck.services import readiness

router = Router(tags=["health"])


@router.get("/health/live")
async def get_live(request: Request, response: Response, resources: ResourcesOf) -> Live:
    """Answers while the process runs; touches nothing."""
    question = request.headers.get(self_probe.ASKED)
    if question is not None and (answer := what_is_seen(request, resources, question)):
        response.headers[self_probe.SEEN] = answer
    return Live(status="ok")


def what_is_seen(request: Request, resources: Resources, question: str) -> str | None:
    """For `potluck doctor`: what arrives of a request that it sent; None for anybody else's."""
    seen = Seen(
        scheme=request.scope["scheme"],
        host=request.headers.get("host", ""),
        client=request.client.host if request.client else "",
    )
    key = resources.master_key.derive(self_probe.LABEL)
    return self_probe.answer(key, question, seen, resources.clock.now())


@router.get("/health/ready", responses=problems("not-ready"))
async def get_ready(resources: ResourcesOf) -> Ready:
    """Whether this process can serve: database there, schema up to date, not shutting down."""
    checks = await readiness.check(
        resources.database.reading, is_draining=resources.lifecycle.is_draining
    )
    return Ready(status="ready", checks=checks)
