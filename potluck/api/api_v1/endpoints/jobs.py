"""Work that the caller asked for and does not wait for."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, answered
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import jobs

router = Router()

JobId = Annotated[UUID, Path(description="Id of the job, from the answer that began it.")]


@router.get(
    "/{job_id}", response_model=schemas.Job, responses=CACHED | problems(*SIGNED_IN, "not-found")
)
async def get_job(
    session: deps.ReadSession,
    actor: deps.AccountGuard,
    job_id: JobId,
    request: Request,
    response: Response,
) -> schemas.Job | Response:
    """How far a job of the caller is: ask again every few seconds until it has ended.

    `failed` means that it was tried as often as made sense. What has ended is forgotten after
    two weeks, or what the operator says.
    """
    return answered(request, response, await jobs.of_user(session, actor, job_id))
