"""Archives of the caller's own data."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import ACCEPTED, CACHED, answered, created
from potluck.api.limits import LimiterOf
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.providers import Download
from potluck.services import exports
from potluck.services.throttling import Limit

router = Router()

ExportId = Annotated[UUID, Path(description="Id of the archive, which is that of its job.")]
Exports = schemas.Page[schemas.Export]
_BYTES = {"type": "string", "format": "binary"}


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    responses=ACCEPTED
    | problems(*SIGNED_IN, "reauth-required", "too-many-requests", "unavailable"),
)
async def create_export(
    clock: deps.ClockOf,
    limiter: LimiterOf,
    session: deps.Session,
    actor: deps.RecentLogin,
    request: Request,
    response: Response,
) -> schemas.Job:
    """Have an archive of the caller's data made; `Location` is the job that tells how far it is.

    It holds the account, and the recipes with their pictures: in households that the caller owns
    or administers all that they see, elsewhere those they wrote, by the rights they have when the
    job runs. While one is being made it is that one. A mail says when it is there. The caller has
    signed in in the last ten minutes.
    """
    await limiter.count(Limit.EXPORT, actor)
    job = await exports.ask(session, actor, now=clock.now())
    created(request, response, f"/jobs/{job.id}")
    return job


@router.get("", response_model=Exports, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor"))
async def list_exports(
    clock: deps.ClockOf,
    session: deps.ReadSession,
    actor: deps.AccountGuard,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Exports | Response:
    """The caller's archives that are being made or can be fetched, newest first."""
    items, cursor = await exports.page(session, actor, paging, now=clock.now())
    return answered(request, response, Exports(items=items, next_cursor=cursor))


@router.get(
    "/{export_id}/file",
    response_class=Download,
    responses=problems(*SIGNED_IN, "not-found", "unavailable")
    | {200: {"content": {exports.MEDIA_TYPE: {"schema": _BYTES}}, "description": "The archive."}},
)
async def get_export_file(
    resources: deps.ResourcesOf,
    session: deps.ReadSession,
    actor: deps.AccountGuard,
    export_id: ExportId,
) -> Download:
    """The archive as a zip, for seven days after it was made. It is always sent whole."""
    now = resources.clock.now()
    made = await exports.fetch(session, actor, export_id, now=now)
    await session.close()  # no connection is held while the file is sent
    path = await exports.path_of(resources.settings.exports_dir, made)
    async with resources.database.transaction() as recording:
        exports.note_download(recording, actor, export_id, now=now)
    return Download(path, **exports.SENT_AS)
