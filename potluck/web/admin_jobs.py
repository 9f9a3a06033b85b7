"""The background work of everybody, for who looks after the instance."""

from typing import get_args
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from potluck.domain.jobs import JobState
from potluck.providers import ReadSession
from potluck.schemas.administration import JobFilter
from potluck.schemas.job import KINDS
from potluck.services import jobs_admin
from potluck.web.deps import AdministratorOf, OurForm, recent_login
from potluck.web.home import page_request
from potluck.web.rendering import PagesOf
from potluck.web.templating import Flash

router = APIRouter()

PATH = "/admin/jobs"
ONE = PATH + "/{job_id:uuid}"
PER_PAGE = 24
STATES: tuple[str, ...] = get_args(JobState)


@router.get(PATH)
async def jobs(pages: PagesOf, read: ReadSession, administrator: AdministratorOf) -> Response:
    """Every job, newest first."""
    query = pages.request.query_params
    values = {"state": query.get("state", ""), "kind": query.get("kind", "")}
    wanted = JobFilter.model_validate(
        {
            "state": values["state"] if values["state"] in STATES else None,
            "kind": values["kind"] if values["kind"] in KINDS else None,
        }
    )
    paging = page_request(pages, PER_PAGE)
    found, cursor = await jobs_admin.page(read, administrator.actor, wanted, paging)
    return pages.show(
        "pages/admin_jobs.html",
        has_form=True,
        jobs=[each.model_dump(mode="json") | {"name": in_words(each.kind)} for each in found],
        values=values,
        states=[("", "All"), *((each, each.capitalize()) for each in STATES)],
        kinds=[("", "All"), *((each, in_words(each)) for each in sorted(KINDS))],
        next_cursor=cursor,
        is_first_page=paging.cursor is None,
    )


@router.post(ONE + "/retry", dependencies=[OurForm, recent_login(PATH)])
async def retry(pages: PagesOf, administrator: AdministratorOf, job_id: UUID) -> Response:
    """Try it anew."""
    now = pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await jobs_admin.retry(session, administrator.actor, job_id, now=now)
    return pages.go(PATH, Flash(text="It is tried anew."))


@router.post(ONE + "/cancel", dependencies=[OurForm, recent_login(PATH)])
async def cancel(pages: PagesOf, administrator: AdministratorOf, job_id: UUID) -> Response:
    """Do not do it."""
    now = pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await jobs_admin.cancel(session, administrator.actor, job_id, now=now)
    return pages.go(PATH, Flash(text="It is cancelled."))


def in_words(kind: str) -> str:
    """`send-mail` as "Send mail"."""
    return kind.replace("-", " ").capitalize()
