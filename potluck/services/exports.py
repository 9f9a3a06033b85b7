"""Archives of one's own data: asked for, made by a job, fetched for seven days."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.clients.export_store import ExportStore
from potluck.core.actor import Actor
from potluck.core.errors import NotFound
from potluck.core.paging import PageRequest
from potluck.domain.audit import Action
from potluck.models import Job
from potluck.schemas.export import KEPT, ExportMade
from potluck.schemas.job import ExportAccount
from potluck.schemas.mail import ExportReadyMail
from potluck.services import audit, households, jobs, mails, sessions

#: The page that shows the archives.
PAGE = "/account/data"
KIND: str = ExportAccount.model_fields["kind"].default
MEDIA_TYPE = "application/zip"
#: How the file is answered: nobody keeps it on the way, and no browser looks into it.
SENT_AS: dict[str, Any] = {
    "media_type": MEDIA_TYPE,
    "filename": "potluck-data.zip",
    "headers": {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "none",
    },
}


async def ask(session: AsyncSession, actor: Actor, *, now: datetime) -> schemas.Job:
    """Have an archive of the actor's data made; the one that is being made if there is one.

    Raises `InvalidToken`.
    """
    user = await households.own_account(session, actor)
    await sessions.check_is_open(session, actor)
    key = f"{KIND}:{user.id}"
    if (live := await crud.job.live(session, key)) is not None:
        return jobs.told(live)
    id = await jobs.enqueue(session, ExportAccount(), now=now, key=key, user_id=user.id)
    audit.record(session, Action.EXPORT_ASKED, actor=actor, target=user, now=now)
    job = await crud.job.get(session, id)
    assert job is not None  # noqa: S101 - enqueued above
    return jobs.told(job)


async def page(
    session: AsyncSession, actor: Actor, request: PageRequest, *, now: datetime
) -> tuple[list[schemas.Export], str | None]:
    """One page of the actor's archives, newest first, and the next cursor.

    Those that are being made, those that can be fetched, and for as long those that failed.
    """
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    rows, cursor = await crud.job.page_of_kind(
        session, actor.user_id, KIND, request, ended_after=now - KEPT
    )
    return [_told(row) for row in rows], cursor


async def fetch(session: AsyncSession, actor: Actor, id: UUID, *, now: datetime) -> ExportMade:
    """An archive of the actor's that can be fetched. Raises `NotFound`.

    Its recipes are those that the actor could take along when it was made.
    """
    row = await crud.job.get(session, id)
    if row is None or row.user_id is None or row.user_id != actor.user_id or row.kind != KIND:
        raise NotFound
    made = made_by(row, now=now)
    if made is None:
        raise _gone()
    return made


def note_download(session: AsyncSession, actor: Actor, id: UUID, *, now: datetime) -> None:
    """Have it recorded that the actor took an archive: who finds that in the audit can act."""
    audit.record(session, Action.EXPORT_DOWNLOADED, actor=actor, target=("export", id), now=now)


async def path_of(folder: Path, made: ExportMade) -> Path:
    """Where the file of an archive lies. Raises `NotFound` when it is not there."""
    path = await to_thread.run_sync(ExportStore(folder).path, made.file)
    if path is None:
        raise _gone()
    return path


def made_by(row: Job, *, now: datetime) -> ExportMade | None:
    """What a job has made, as long as it is kept."""
    if row.result is None or row.ended_at is None or row.ended_at + KEPT <= now:
        return None
    return ExportMade.model_validate_json(row.result)


async def tell_owner(session: AsyncSession, user_id: UUID, *, now: datetime) -> None:
    """Mail the owner of an account that the archive is ready."""
    user = await crud.user.get(session, Actor.system(), user_id)
    mail = ExportReadyMail(name=user.display_name, path=PAGE, expires_at=now + KEPT)
    await mails.send_later(session, mail, to=user.email, locale=user.locale, now=now)


def _gone() -> NotFound:
    return NotFound("This archive is gone. Ask for another.")


def _told(row: Job) -> schemas.Export:
    made = None if row.result is None else ExportMade.model_validate_json(row.result)
    job = jobs.told(row)
    return schemas.Export(
        id=job.id,
        state=job.state,
        progress=job.progress,
        created_at=job.created_at,
        ended_at=job.ended_at,
        expires_at=None if made is None or row.ended_at is None else row.ended_at + KEPT,
        byte_size=None if made is None else made.byte_size,
        recipe_count=None if made is None else made.recipe_count,
    )
