"""How the instance is doing, for who looks after it."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from potluck.providers import ReadSession, use_long_reads
from potluck.services import instance_overview
from potluck.web.deps import AdministratorOf
from potluck.web.rendering import PagesOf

router = APIRouter()

PATH = "/admin"
#: The names of engines, and what is said of the schema, of sign-up and of mail.
WORDS = {
    "ok": "as this version needs it",
    "behind": "older than this version",
    "ahead": "newer than this version",
    "open": "open to everybody",
    "closed": "closed",
    "invite": "with an invitation",
    "smtp": "by a mail server",
    "file": "into files of the data folder",
    "memory": "kept in memory",
    "none": "not sent",
}


@router.get(PATH, dependencies=[Depends(use_long_reads)])
async def overview(pages: PagesOf, read: ReadSession, administrator: AdministratorOf) -> Response:
    """Counts, versions and settings at a glance."""
    seen = await instance_overview.look(read, administrator.actor, pages.resources.settings)
    return pages.show(
        "pages/admin.html",
        counts=[(name.capitalize(), number) for name, number in seen.counts.items()],
        jobs=[(name.capitalize(), number) for name, number in seen.jobs.items()],
        facts=[
            ("Version", seen.version),
            ("Database", seen.engine),
            ("Schema", WORDS[seen.schema]),
            ("Address", seen.address),
            ("Sign-up", WORDS[seen.sign_up]),
            ("Mail", WORDS[seen.mail]),
        ],
    )
