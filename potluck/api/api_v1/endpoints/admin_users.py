"""Accounts, for the administrators of the instance."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CHANGED, answered, not_modified
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.schemas.administration import Account, AccountFilter, AccountToken, AccountUpdate
from potluck.services import accounts_admin, sign_ins_admin
from potluck.services.preconditions import etag_of

router = Router()

UserId = Annotated[UUID, Path(description="Id of the account.")]
SessionId = Annotated[UUID, Path(description="Id of the session.")]
TokenId = Annotated[UUID, Path(description="Id of the token.")]
Accounts = schemas.Page[Account]
Sessions = schemas.Page[schemas.Session]
Tokens = schemas.Page[AccountToken]
REFUSALS = (*SIGNED_IN, "forbidden")
OF_ONE = (*REFUSALS, "not-found")
CHANGING = (*OF_ONE, "reauth-required")


@router.get("", response_model=Accounts, responses=CACHED | problems(*REFUSALS, "invalid-cursor"))
async def list_accounts(
    session: deps.ReadSession,
    actor: deps.InstanceAuditor,
    paging: deps.Paging,
    wanted: Annotated[AccountFilter, Query()],
    request: Request,
    response: Response,
) -> Accounts | Response:
    """Every account of the instance, newest first."""
    items, cursor = await accounts_admin.page(session, actor, wanted, paging)
    return answered(request, response, Accounts(items=items, next_cursor=cursor))


@router.get("/{user_id}", response_model=Account, responses=CACHED | problems(*OF_ONE))
async def get_account(
    session: deps.ReadSession,
    actor: deps.InstanceAuditor,
    user_id: UserId,
    request: Request,
    response: Response,
) -> Account | Response:
    """One account; nothing of what its households hold."""
    row = await accounts_admin.get(session, actor, user_id)
    return not_modified(request, response, etag_of(row)) or accounts_admin.answer(row)


@router.patch(
    "/{user_id}",
    responses=CHANGED
    | problems(*CHANGING, "last-administrator", "stale", "precondition-required", "unavailable"),
)
async def update_account(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecentAdmin,
    user_id: UserId,
    data: AccountUpdate,
    response: Response,
    if_match: deps.IfMatch,
) -> Account:
    """Disable or enable an account, make or unmake an administrator.

    Disabling ends all its sessions and personal tokens for good; its recipes stay. The last
    administrator who can sign in stays one.
    """
    row = await accounts_admin.update(session, actor, user_id, data, if_match=if_match, clock=clock)
    response.headers["ETag"] = etag_of(row)
    return accounts_admin.answer(row)


@router.post(
    "/{user_id}/password-reset",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(*CHANGING, "unavailable"),
)
async def request_account_reset(
    clock: deps.ClockOf, session: deps.Session, actor: deps.RecentAdmin, user_id: UserId
) -> schemas.CheckMail:
    """Have the owner of the account mailed a link with which they choose another password.

    Nobody else learns the link or chooses the password, and until then the old one stays good: end
    the sessions as well if somebody else may know it.
    """
    await sign_ins_admin.mail_reset_link(session, actor, user_id, now=clock.now())
    return schemas.CheckMail(status="check-mail")


@router.get(
    "/{user_id}/sessions",
    response_model=Sessions,
    responses=CACHED | problems(*OF_ONE, "invalid-cursor"),
)
async def list_account_sessions(
    clock: deps.ClockOf,
    session: deps.ReadSession,
    actor: deps.InstanceAuditor,
    paging: deps.Paging,
    user_id: UserId,
    request: Request,
    response: Response,
) -> Sessions | Response:
    """Where the account is signed in: browsers and API clients, last signed in first."""
    items, cursor = await sign_ins_admin.sessions(session, actor, user_id, paging, now=clock.now())
    return answered(request, response, Sessions(items=items, next_cursor=cursor))


@router.delete(
    "/{user_id}/sessions",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*CHANGING, "unavailable"),
)
async def end_account_sessions(
    clock: deps.ClockOf, session: deps.Session, actor: deps.RecentAdmin, user_id: UserId
) -> None:
    """End every session of the account, from the next request on; personal tokens stay."""
    await sign_ins_admin.end_sessions(session, actor, user_id, now=clock.now())


@router.delete(
    "/{user_id}/sessions/{session_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*CHANGING, "unavailable"),
)
async def end_account_session(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecentAdmin,
    user_id: UserId,
    session_id: SessionId,
) -> None:
    """End one session of the account, with its cookie or all its tokens, at once."""
    await sign_ins_admin.end_session(session, actor, user_id, session_id, now=clock.now())


@router.get(
    "/{user_id}/tokens",
    response_model=Tokens,
    responses=CACHED | problems(*OF_ONE, "invalid-cursor"),
)
async def list_account_tokens(
    session: deps.ReadSession,
    actor: deps.InstanceAuditor,
    paging: deps.Paging,
    user_id: UserId,
    request: Request,
    response: Response,
) -> Tokens | Response:
    """The personal tokens of the account, newest first; none can be read in full."""
    items, cursor = await sign_ins_admin.tokens(session, actor, user_id, paging)
    return answered(request, response, Tokens(items=items, next_cursor=cursor))


@router.delete(
    "/{user_id}/tokens/{token_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*CHANGING, "unavailable"),
)
async def revoke_account_token(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecentAdmin,
    user_id: UserId,
    token_id: TokenId,
) -> None:
    """Revoke a personal token of the account, at once."""
    await sign_ins_admin.revoke_token(session, actor, user_id, token_id, now=clock.now())
