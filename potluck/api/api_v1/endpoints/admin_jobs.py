"""The background work of everybody, for the administrators of the instance."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, answered
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.schemas.administration import AnyJob, JobFilter
from potluck.services import jobs_admin

router = Router()

JobId = Annotated[UUID, Path(description="Id of the job.")]
Jobs = schemas.Page[AnyJob]
REFUSALS = (*SIGNED_IN, "forbidden")
CHANGING = (*REFUSALS, "not-found", "reauth-required", "unavailable")


@router.get("", response_model=Jobs, responses=CACHED | problems(*REFUSALS, "invalid-cursor"))
async def list_jobs(
    session: deps.ReadSession,
    actor: deps.InstanceAuditor,
    paging: deps.Paging,
    wanted: Annotated[JobFilter, Query()],
    request: Request,
    response: Response,
) -> Jobs | Response:
    """The background work of everybody, newest first; never what it is about."""
    items, cursor = await jobs_admin.page(session, actor, wanted, paging)
    return answered(request, response, Jobs(items=items, next_cursor=cursor))


@router.post("/{job_id}/retry", responses=problems(*CHANGING))
async def retry_job(
    clock: deps.ClockOf, session: deps.Session, actor: deps.RecentAdmin, job_id: JobId
) -> AnyJob:
    """Have a job that failed or was cancelled tried anew. Any other is answered as it is."""
    return await jobs_admin.retry(session, actor, job_id, now=clock.now())


@router.post("/{job_id}/cancel", responses=problems(*CHANGING))
async def cancel_job(
    clock: deps.ClockOf, session: deps.Session, actor: deps.RecentAdmin, job_id: JobId
) -> AnyJob:
    """Have a job that is queued or running not done. One that has ended is answered as it is.

    What a running one has not finished yet is not kept; a mail may have left already.
    """
    return await jobs_admin.cancel(session, actor, job_id, now=clock.now())
