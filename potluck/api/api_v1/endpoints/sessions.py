"""What the caller is signed in with: browsers and API clients."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, answered
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import open_sessions

router = Router()

SessionId = Annotated[UUID, Path(description="Id of the session.")]
Sessions = schemas.Page[schemas.Session]


@router.get("", response_model=Sessions, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor"))
async def list_sessions(
    clock: deps.ClockOf,
    session: deps.ReadSession,
    actor: deps.AccountGuard,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Sessions | Response:
    """Where the caller is signed in: browsers and API clients, last signed in first.

    What has ended is not listed. Personal tokens are no sessions: see `GET /auth/tokens`.
    """
    items, cursor = await open_sessions.page(session, actor, paging, now=clock.now())
    page = Sessions(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.post(
    "/end-others",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*SIGNED_IN, "reauth-required", "unavailable"),
)
async def end_other_sessions(
    clock: deps.ClockOf, session: deps.Session, actor: deps.RecentLogin
) -> None:
    """End every session of the caller but the one that asks, from the next request on.

    Personal tokens stay: revoke them one by one. The caller has signed in in the last ten minutes.
    """
    await open_sessions.end_others(session, actor, now=clock.now())


@router.delete(
    "/{session_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*SIGNED_IN, "reauth-required", "not-found", "unavailable"),
)
async def end_session(
    clock: deps.ClockOf, session: deps.Session, actor: deps.AccountGuard, session_id: SessionId
) -> None:
    """End one of the caller's sessions, with its cookie or all its tokens, at once.

    It may be the one that asks; for another the caller has signed in in the last ten minutes.
    """
    await open_sessions.end(session, actor, session_id, now=clock.now())
