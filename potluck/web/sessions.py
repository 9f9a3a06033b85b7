"""Where a person is signed in: listed, and ended one by one or all but this one."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from potluck import schemas
from potluck.core.errors import ReauthRequired
from potluck.domain import user_agent
from potluck.providers import ReadSession
from potluck.schemas.session import SessionKind
from potluck.services import open_sessions
from potluck.web.deps import MemberOf, NotConfirmed, OurForm, recent_login
from potluck.web.home import page_request
from potluck.web.rendering import PagesOf
from potluck.web.templating import Flash

router = APIRouter()

PATH = "/account/sessions"
PER_PAGE = 24
#: What a client is called that gave itself no name.
NAMELESS = {SessionKind.BROWSER: "A browser", SessionKind.API: "A program"}


@router.get(PATH)
async def sessions(pages: PagesOf, read: ReadSession, member: MemberOf) -> Response:
    """The person's sessions, last signed in first."""
    paging = page_request(pages, PER_PAGE)
    now = pages.resources.clock.now()
    found, cursor = await open_sessions.page(read, member.actor, paging, now=now)
    is_first_page = paging.cursor is None
    return pages.show(
        "pages/sessions.html",
        sessions=[shown(each) for each in found],
        has_others=not is_first_page or cursor is not None or len(found) > 1,
        next_cursor=cursor,
        is_first_page=is_first_page,
    )


@router.post(PATH + "/end-others", dependencies=[OurForm, recent_login(PATH)])
async def end_others(pages: PagesOf, member: MemberOf) -> Response:
    """End every session but this one."""
    now = pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await open_sessions.end_others(session, member.actor, now=now)
    return pages.go(PATH, Flash(text="All other sessions are ended."))


@router.post(PATH + "/{session_id:uuid}/end", dependencies=[OurForm])
async def end(pages: PagesOf, member: MemberOf, session_id: UUID) -> Response:
    """End one session."""
    now = pages.resources.clock.now()
    try:
        async with pages.resources.database.transaction() as session:
            await open_sessions.end(session, member.actor, session_id, now=now)
    except ReauthRequired:
        raise NotConfirmed(PATH) from None
    return pages.go(PATH, Flash(text="The session is ended."))


def shown(session: schemas.Session) -> dict[str, Any]:
    """A session as the template takes it."""
    device = user_agent.device(session.user_agent) or NAMELESS[session.kind]
    return session.model_dump(mode="json") | {"device": device}
