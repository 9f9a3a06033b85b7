"""Personal access tokens of the caller."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request, Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CREATED, answered, created
from potluck.api.limits import LimiterOf
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import personal_tokens
from potluck.services.preconditions import etag_of_answer
from potluck.services.throttling import Limit

router = Router()

TokenId = Annotated[UUID, Path(description="Id of the token, not the token itself.")]
Tokens = schemas.Page[schemas.PersonalToken]


async def get_token_key(resources: deps.ResourcesOf) -> bytes:
    """The key of the digests of tokens, had before any unit of work begins."""
    return await resources.personal_token_key.get()


TokenKey = Annotated[bytes, Depends(get_token_key)]


@router.get("", response_model=Tokens, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor"))
async def list_tokens(
    session: deps.ReadSession,
    actor: deps.AccountGuard,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Tokens | Response:
    """The caller's tokens, newest first; those that have expired stay until they are revoked."""
    items, cursor = await personal_tokens.page(session, actor, paging)
    page = Tokens(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=CREATED | problems(*SIGNED_IN, "reauth-required", "too-many-requests", "unavailable"),
)
async def create_token(
    resources: deps.ResourcesOf,
    key: TokenKey,
    limiter: LimiterOf,
    session: deps.Session,
    actor: deps.RecentLogin,
    data: schemas.PersonalTokenCreate,
    request: Request,
    response: Response,
) -> schemas.NewPersonalToken:
    """Make a token for a script to act in the caller's name; `token` is never shown again.

    It may have the scopes that the caller's own credential has, but never `account:security`: no
    token makes, lists or revokes tokens. The caller has signed in in the last ten minutes.
    """
    await limiter.count(Limit.TOKEN, actor)
    now = resources.clock.now()
    answer = await personal_tokens.create(session, actor, data, key=key, now=now)
    created(request, response, f"/auth/tokens/{answer.id}")
    response.headers["ETag"] = etag_of_answer(personal_tokens.without_token(answer))
    response.headers["Cache-Control"] = "no-store"
    return answer


@router.get(
    "/{token_id}",
    response_model=schemas.PersonalToken,
    responses=CACHED | problems(*SIGNED_IN, "not-found"),
)
async def get_token(
    session: deps.ReadSession,
    actor: deps.AccountGuard,
    token_id: TokenId,
    request: Request,
    response: Response,
) -> schemas.PersonalToken | Response:
    """One of the caller's tokens, without the token itself."""
    answer = await personal_tokens.get(session, actor, token_id)
    return answered(request, response, answer)


@router.delete(
    "/{token_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*SIGNED_IN, "not-found", "unavailable"),
)
async def revoke_token(
    clock: deps.ClockOf, session: deps.Session, actor: deps.AccountGuard, token_id: TokenId
) -> None:
    """Revoke one of the caller's tokens; it opens nothing from the next request on."""
    await personal_tokens.revoke(session, actor, token_id, now=clock.now())
