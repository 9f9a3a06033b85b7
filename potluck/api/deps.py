"""Everything an endpoint may ask for, as `Annotated` aliases.

The chain of a request: session > token > claims > actor > scope > endpoint.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

from potluck.core.access_token import AccessClaims
from potluck.core.actor import Actor
from potluck.core.errors import InsufficientScope, Unauthenticated
from potluck.core.paging import PageRequest
from potluck.core.scopes import Scope
from potluck.models import User
from potluck.providers import (
    SAFE_METHODS,
    ClockOf,
    FetcherOf,
    ReadSession,
    ResourcesOf,
    Session,
    SettingsOf,
    use_long_reads,
)
from potluck.services import authentication

__all__ = [
    "Caller",
    "ClockOf",
    "FetcherOf",
    "GoodTokenOrNone",
    "HouseholdReader",
    "HouseholdWriter",
    "IfMatch",
    "Importer",
    "LongReads",
    "MemberManager",
    "Paging",
    "ProfileReader",
    "ProfileWriter",
    "ReadSession",
    "RecipeDeleter",
    "RecipeReader",
    "RecipeWriter",
    "ResourcesOf",
    "Session",
    "SettingsOf",
    "Visitor",
]

#: The address is relative to the documentation page, so it holds under any prefix.
bearer = OAuth2PasswordBearer(
    tokenUrl="auth/login", scopes={scope: scope for scope in Scope}, auto_error=False
)


@dataclass(frozen=True)
class Caller:
    """The actor, and the account behind it as it was when the request came in (None: stranger)."""

    actor: Actor
    user: User | None


async def get_claims(
    resources: ResourcesOf, token: Annotated[str | None, Depends(bearer)]
) -> AccessClaims | None:
    """What the access token says; None without one. A bad token is refused everywhere."""
    if token is None:
        return None
    return await authentication.read_token(token, resources.tokens, resources.keys)


async def get_caller(
    request: Request,
    wanted: SecurityScopes,
    session: ReadSession,
    claims: Annotated[AccessClaims | None, Depends(get_claims)],
    clock: ClockOf,
) -> Caller:
    """Who calls, if the credential is alive and carries every scope the operation names.

    Reads share their session with this look-up. In operations that write it is let go before the
    endpoint runs: no request holds two connections.
    """
    if claims is None:
        return Caller(Actor.anonymous(), None)
    user, actor = await authentication.authenticate(session, claims, clock.now())
    if request.method not in SAFE_METHODS:
        await session.close()
    missing = [scope for scope in wanted.scopes if scope not in actor.scopes]
    if missing:
        raise InsufficientScope(
            "Sign in again, or use a token that has the scopes named in needs.", needs=missing
        )
    return Caller(actor, user)


def refuse_bad_token(_caller: Annotated[Caller, Depends(get_caller)]) -> None:
    """For operations that need no token: a bad one is refused all the same."""


def get_current_user(caller: Annotated[Caller, Depends(get_caller)]) -> User:
    """The account that calls. Raises `Unauthenticated` for strangers."""
    if caller.user is None:
        raise Unauthenticated("Send an access token of POST /auth/login as a Bearer token.")
    return caller.user


def _signed_in(scope: Scope) -> object:
    """A dependency: the actor, signed in and with this scope."""

    def get_actor(
        caller: Annotated[Caller, Security(get_caller, scopes=[scope])],
        _user: Annotated[User, Security(get_current_user, scopes=[scope])],
    ) -> Actor:
        """The actor, signed in and with the scope that the alias stands for."""
        return caller.actor

    return Depends(get_actor)


def get_visitor(
    caller: Annotated[Caller, Security(get_caller, scopes=[Scope.RECIPES_READ])],
) -> Actor:
    """The actor, who may be a stranger; a token needs the scope all the same."""
    return caller.actor


Visitor = Annotated[Actor, Depends(get_visitor)]
RecipeReader = Annotated[Actor, _signed_in(Scope.RECIPES_READ)]
RecipeWriter = Annotated[Actor, _signed_in(Scope.RECIPES_WRITE)]
RecipeDeleter = Annotated[Actor, _signed_in(Scope.RECIPES_DELETE)]
Importer = Annotated[Actor, _signed_in(Scope.IMPORTS_RUN)]
HouseholdReader = Annotated[Actor, _signed_in(Scope.HOUSEHOLDS_READ)]
HouseholdWriter = Annotated[Actor, _signed_in(Scope.HOUSEHOLDS_WRITE)]
MemberManager = Annotated[Actor, _signed_in(Scope.MEMBERS_MANAGE)]
#: The account itself, which the look-up of the caller has read already.
ProfileReader = Annotated[User, Security(get_current_user, scopes=[Scope.PROFILE_READ])]
ProfileWriter = Annotated[Actor, _signed_in(Scope.PROFILE_WRITE)]

LongReads = Depends(use_long_reads)
GoodTokenOrNone = Depends(refuse_bad_token)


def get_page_request(
    request: Request,
    resources: ResourcesOf,
    limit: Annotated[int, Query(ge=1, le=100, description="Items a page.")] = 20,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
) -> PageRequest:
    """The page asked for; its cursor is bound to the path and the other parameters."""
    others = sorted(
        item for item in request.query_params.multi_items() if item[0] not in {"limit", "cursor"}
    )
    # Without the sub-path of a proxy, which may be cut off or left in.
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    binding = f"{path}?{urlencode(others)}"
    return PageRequest(limit, cursor, resources.cursors, binding)


Paging = Annotated[PageRequest, Depends(get_page_request)]


def get_if_match(
    request: Request,
    if_match: Annotated[
        str | None, Header(description="The ETag that was read; `*` for whatever is there.")
    ] = None,
) -> str | None:
    """The header as one list, also when it came in several lines (RFC 9110 5.3)."""
    return if_match and ", ".join(request.headers.getlist("if-match"))


IfMatch = Annotated[str | None, Depends(get_if_match)]
RecipeId = Annotated[UUID, Path(description="Id of the recipe.")]
