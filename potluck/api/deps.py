"""Everything an endpoint may ask for, as `Annotated` aliases.

The chain of a request: session > token > claims > actor > scope > endpoint.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

from potluck.api.sub_path import own_path
from potluck.core.actor import Actor
from potluck.core.errors import (
    AccountDeletionScheduled,
    Forbidden,
    InsufficientScope,
    Unauthenticated,
)
from potluck.core.paging import PageRequest
from potluck.core.scopes import Scope
from potluck.models import User
from potluck.providers import (
    SAFE_METHODS,
    ClockOf,
    FetcherOf,
    IdeasMemoryOf,
    IdeasSourceOf,
    ReadSession,
    ResourcesOf,
    Session,
    SettingsOf,
    TokenUseOf,
    read_token,
    resources_of,
    use_long_reads,
)
from potluck.services import authentication, step_up
from potluck.services.authentication import Claims

__all__ = [
    "AccountGuard",
    "Caller",
    "ClockOf",
    "DeletionUndoer",
    "FetcherOf",
    "GoodTokenOrNone",
    "HouseholdReader",
    "HouseholdWriter",
    "IdeasMemoryOf",
    "IdeasSourceOf",
    "IfMatch",
    "Importer",
    "InstanceAdmin",
    "InstanceAuditor",
    "LongReads",
    "MediaWriter",
    "MemberManager",
    "Paging",
    "ProfileReader",
    "ProfileWriter",
    "ReadSession",
    "RecentAdmin",
    "RecentLogin",
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
    tokenUrl="auth/login",
    scopes={scope: scope for scope in Scope},
    description="An access token of `POST /auth/login`, or a personal token (`ppt_...`).",
    auto_error=False,
)


@dataclass(frozen=True)
class Caller:
    """The actor, and the account behind it as it was when the request came in (None: stranger)."""

    actor: Actor
    user: User | None


@dataclass(frozen=True)
class Account:
    """Somebody with an account, as `Caller`."""

    actor: Actor
    user: User


async def get_claims(
    request: Request, token: Annotated[str | None, Depends(bearer)]
) -> Claims | None:
    """What the token says; None without one. A bad token is refused everywhere."""
    return None if token is None else await read_token(resources_of(request), token)


async def get_caller(
    request: Request,
    wanted: SecurityScopes,
    session: ReadSession,
    claims: Annotated[Claims | None, Depends(get_claims)],
    use: TokenUseOf,
) -> Caller:
    """Who calls, if the credential is alive and carries every scope the operation names.

    Reads share their session with this look-up. In operations that write it is let go before the
    endpoint runs: no request holds two connections.
    """
    if claims is None:
        return Caller(Actor.anonymous(), None)
    now = resources_of(request).clock.now()
    found = await authentication.authenticate(session, claims, now)
    if request.method not in SAFE_METHODS:
        await session.close()
        request.state.actor = found.actor  # whose use of an Idempotency-Key this is
    use.note(found)
    missing = [scope for scope in wanted.scopes if scope not in found.actor.scopes]
    if missing:
        raise InsufficientScope(
            "Sign in again, or use a token that has the scopes named in needs.", needs=missing
        )
    return Caller(found.actor, found.user)


async def refuse_bad_token(_caller: Annotated[Caller, Depends(get_caller)]) -> None:
    """For operations that need no token: a bad one is refused all the same."""


async def get_any_account(caller: Annotated[Caller, Depends(get_caller)]) -> Account:
    """The account that calls, also one about to be deleted. Raises `Unauthenticated`."""
    if caller.user is None:
        raise Unauthenticated("Send an access token of POST /auth/login as a Bearer token.")
    return Account(caller.actor, caller.user)


async def get_account(caller: Annotated[Caller, Depends(get_caller)]) -> Account:
    """The account that calls. Raises `Unauthenticated`, `AccountDeletionScheduled`."""
    _check_stays(caller.user)
    return await get_any_account(caller)


def _check_stays(user: User | None) -> None:
    if user is not None and user.deletion_at is not None:
        raise AccountDeletionScheduled


def _signed_in(scope: Scope) -> object:
    """A dependency: the actor, signed in and with this scope."""

    async def get_actor(
        account: Annotated[Account, Security(get_account, scopes=[scope])],
    ) -> Actor:
        """The actor, signed in and with the scope that the alias stands for."""
        return account.actor

    return Depends(get_actor)


async def get_visitor(
    caller: Annotated[Caller, Security(get_caller, scopes=[Scope.RECIPES_READ])],
) -> Actor:
    """The actor, who may be a stranger; a token needs the scope all the same.

    Raises `AccountDeletionScheduled`.
    """
    _check_stays(caller.user)
    return caller.actor


Visitor = Annotated[Actor, Depends(get_visitor)]
RecipeReader = Annotated[Actor, _signed_in(Scope.RECIPES_READ)]
RecipeWriter = Annotated[Actor, _signed_in(Scope.RECIPES_WRITE)]
RecipeDeleter = Annotated[Actor, _signed_in(Scope.RECIPES_DELETE)]
MediaWriter = Annotated[Actor, _signed_in(Scope.MEDIA_WRITE)]
Importer = Annotated[Actor, _signed_in(Scope.IMPORTS_RUN)]
HouseholdReader = Annotated[Actor, _signed_in(Scope.HOUSEHOLDS_READ)]
HouseholdWriter = Annotated[Actor, _signed_in(Scope.HOUSEHOLDS_WRITE)]
MemberManager = Annotated[Actor, _signed_in(Scope.MEMBERS_MANAGE)]
#: The account itself, which the look-up of the caller has read already; also one that is about to
#: be deleted, whose owner may look at it and keep it (`DeletionUndoer`).
ProfileReader = Annotated[Account, Security(get_any_account, scopes=[Scope.PROFILE_READ])]
ProfileWriter = Annotated[Actor, _signed_in(Scope.PROFILE_WRITE)]
#: For what decides how the account is signed in to; no personal token has this scope.
AccountGuard = Annotated[Actor, _signed_in(Scope.ACCOUNT_SECURITY)]


async def get_deletion_undoer(
    account: Annotated[Account, Security(get_any_account, scopes=[Scope.ACCOUNT_SECURITY])],
) -> Actor:
    """The actor, whose account may be about to be deleted."""
    return account.actor


DeletionUndoer = Annotated[Actor, Depends(get_deletion_undoer)]


async def get_recent_login(actor: AccountGuard, clock: ClockOf) -> Actor:
    """The actor, who gave the password in the last ten minutes. Raises `ReauthRequired`."""
    step_up.check_recent(actor, clock.now())
    return actor


#: For what a session that was left open must not do; list `reauth-required` among the problems.
RecentLogin = Annotated[Actor, Depends(get_recent_login)]


def _administrator(scope: Scope) -> object:
    """A dependency: the actor, an administrator of the instance with this scope."""

    async def get_administrator(
        account: Annotated[Account, Security(get_account, scopes=[scope])],
    ) -> Actor:
        """The actor, who looks after this instance. Raises `Forbidden` for everybody else."""
        if not account.actor.is_instance_admin:
            raise Forbidden("This is for the administrators of this instance.")
        return account.actor

    return Depends(get_administrator)


#: Who looks after the instance, to look (`InstanceAuditor`) and to change (`InstanceAdmin`).
#: Neither gives a right to what belongs to a household.
InstanceAuditor = Annotated[Actor, _administrator(Scope.ADMIN_READ)]
InstanceAdmin = Annotated[Actor, _administrator(Scope.ADMIN_WRITE)]


async def get_recent_administrator(actor: InstanceAdmin, clock: ClockOf) -> Actor:
    """Who changes something, and gave the password in the last ten minutes.

    A personal token proves no such thing; it has `admin:write` because somebody who had just given
    the password made it so. Raises `ReauthRequired`.
    """
    if actor.auth_at is not None:
        step_up.check_recent(actor, clock.now())
    return actor


#: For what administrators change; list `reauth-required` among the problems.
RecentAdmin = Annotated[Actor, Depends(get_recent_administrator)]

LongReads = Depends(use_long_reads)
GoodTokenOrNone = Depends(refuse_bad_token)


async def get_page_request(
    request: Request,
    resources: ResourcesOf,
    limit: Annotated[int, Query(ge=1, le=100, description="Items a page.")] = 20,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
) -> PageRequest:
    """The page asked for; its cursor is bound to the path and the other parameters."""
    others = sorted(
        item for item in request.query_params.multi_items() if item[0] not in {"limit", "cursor"}
    )
    binding = f"{own_path(request.scope)}?{urlencode(others)}"
    return PageRequest(limit, cursor, resources.cursors, binding)


Paging = Annotated[PageRequest, Depends(get_page_request)]


async def get_if_match(
    request: Request,
    if_match: Annotated[
        str | None, Header(description="The ETag that was read; `*` for whatever is there.")
    ] = None,
) -> str | None:
    """The header as one list, also when it came in several lines (RFC 9110 5.3)."""
    return if_match and ", ".join(request.headers.getlist("if-match"))


IfMatch = Annotated[str | None, Depends(get_if_match)]
RecipeId = Annotated[UUID, Path(description="Id of the recipe.")]
