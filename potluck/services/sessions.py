"""Sign-ins of API clients: access tokens, and the chain of refresh tokens behind them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import opaque, scopes
from potluck.core.access_token import AccessTokens
from potluck.core.account_settings import TokenSettings
from potluck.core.actor import Actor
from potluck.core.clock import Clock
from potluck.core.errors import InvalidToken, RefreshReused, Unavailable
from potluck.core.ids import new_id
from potluck.core.opaque import Prefix
from potluck.core.request_context import note_actor
from potluck.core.scopes import SCOPES_OF_LOGIN, Scope
from potluck.core.signing_keys import SigningKeys
from potluck.domain.audit import Action
from potluck.models import RefreshToken, TokenFamily, User
from potluck.schemas.user import Token
from potluck.services import audit

CLIENT = "api"
USER_AGENT_MAX = 200
#: How many refreshes of one sign-in a confirmation waits for before it gives up.
_REFRESHES_AT_ONCE = 3


@dataclass(frozen=True)
class Issuer:
    """Everything that making tokens takes, fetched before the unit of work begins."""

    tokens: AccessTokens
    keys: SigningKeys
    limits: TokenSettings
    clock: Clock


async def start(
    session: AsyncSession,
    user: User,
    issuer: Issuer,
    *,
    wanted: frozenset[Scope] = SCOPES_OF_LOGIN,
    user_agent: str | None = None,
    is_remembered: bool = False,
    until: datetime | None = None,
) -> Token:
    """A new family of tokens for someone who has proved who they are.

    One that is remembered has a later absolute end; left alone, it ends as early as any other.
    `until` is the end where it takes the place of another.
    """
    now, limits = issuer.clock.now(), issuer.limits
    lives_s = limits.refresh_remembered_s if is_remembered else limits.refresh_absolute_s
    family = TokenFamily(
        id=new_id(),
        user_id=user.id,
        client_id=CLIENT,
        scope=scopes.to_text(wanted),
        user_agent=fit_user_agent(user_agent),
        created_at=now,
        absolute_until=until or now + timedelta(seconds=lives_s),
    )
    await crud.credential.add(session, family)
    token = opaque.issue(Prefix.REFRESH)
    await _add(session, family, token, issuer)
    return _pair(user, family, token, issuer)


async def go_on(
    session: AsyncSession, user: User, actor: Actor, issuer: Issuer, *, user_agent: str | None
) -> Token:
    """A new family in the place of the actor's, with its scopes and its absolute end."""
    assert actor.credential_id is not None  # noqa: S101 - the dependency let no stranger in
    found = await crud.credential.family_and_user(session, actor.credential_id, user.id)
    assert found is not None  # noqa: S101 - the dependency found it
    until = found[0].absolute_until
    return await start(
        session, user, issuer, wanted=actor.scopes, user_agent=user_agent, until=until
    )


async def refresh(session: AsyncSession, presented: str, issuer: Issuer) -> Token:
    """The successor of a refresh token; presented again at once, the same successor.

    Presented again later, or after the successor was used, it was stolen: the family ends, and
    that is kept. Raises `InvalidToken`, `RefreshReused` (the same to callers).
    """
    if not opaque.has_prefix(presented, Prefix.REFRESH):
        raise InvalidToken
    digest = opaque.digest(presented)
    row, family, user = await _alive(session, digest, issuer.clock.now())
    note_actor(user.id, "refresh-token")
    successor = opaque.issue(Prefix.REFRESH)
    is_first = await crud.credential.spend(
        session,
        digest,
        successor_digest=opaque.digest(successor),
        successor_sealed=opaque.seal_successor(presented, successor),
        now=issuer.clock.now(),
    )
    if is_first:
        await _add(session, family, successor, issuer)
        return _pair(user, family, successor, issuer)
    row, family, user = await _alive(session, digest, issuer.clock.now())
    if await _is_repeat(session, row, issuer):
        if row.successor_sealed is None:
            raise InvalidToken  # spent by a confirmation, whose answer has the next one
        return _pair(user, family, opaque.open_successor(presented, row.successor_sealed), issuer)
    now = issuer.clock.now()
    _end(family, "reuse", now)
    await session.flush()
    target = ("session", family.id)
    audit.record(
        session, Action.REFRESH_REUSED, actor=Actor(user_id=user.id), target=target, now=now
    )
    raise RefreshReused


async def confirmed(session: AsyncSession, user: User, actor: Actor, issuer: Issuer) -> Token:
    """A new pair of the actor's sign-in, once `user` has proved again to be who signed in.

    The refresh token before it is spent; nobody is given its successor for it. The absolute end
    stays. `user` is locked. Raises `InvalidToken` when the sign-in has ended, `Unavailable`.
    """
    now = issuer.clock.now()
    family_id = actor.credential_id
    assert family_id is not None  # noqa: S101 - the dependency let no stranger in
    found = await crud.credential.family_and_user(session, family_id, user.id)
    if found is None or not is_alive(*found, now):
        raise InvalidToken
    family = found[0]
    family.confirmed_at = now
    token = opaque.issue(Prefix.REFRESH)
    await _spend_last(session, family_id, opaque.digest(token), now)
    await _add(session, family, token, issuer)
    return _pair(user, family, token, issuer)


async def end(session: AsyncSession, presented: str, now: datetime) -> None:
    """End the sign-in a refresh token belongs to; says nothing about tokens it does not know."""
    if not opaque.has_prefix(presented, Prefix.REFRESH):
        return
    found = await crud.credential.refresh_token(session, opaque.digest(presented))
    if found is not None:
        _, family, user = found
        is_first = family.revoked_at is None
        _end(family, "logout", now)
        await session.flush()
        if is_first:
            actor, target = Actor(user_id=user.id), ("session", family.id)
            audit.record(session, Action.SIGNED_OUT, actor=actor, target=target, now=now)


def fit_user_agent(user_agent: str | None) -> str | None:
    """What is kept of the name a client gives itself."""
    return user_agent[:USER_AGENT_MAX] if user_agent else None


def is_alive(family: TokenFamily, user: User, now: datetime) -> bool:
    """Whether the sign-in still counts."""
    return family.revoked_at is None and family.absolute_until > now and user.can_sign_in(now)


async def check_is_open(session: AsyncSession, actor: Actor) -> None:
    """Look at the actor's credential anew, once the account is locked. The operator has none.

    What ended a sign-in leaves nothing behind that was let in before. Raises `InvalidToken`.
    """
    id = actor.credential_id
    if id is not None and not await crud.credential.is_open(session, id):
        raise InvalidToken


async def _alive(
    session: AsyncSession, digest: str, now: datetime
) -> tuple[RefreshToken, TokenFamily, User]:
    found = await crud.credential.refresh_token(session, digest)
    if found is None or not is_alive(found[1], found[2], now):
        raise InvalidToken
    # A spent token is told apart from an idle one: presented again at any time, it was stolen.
    if found[0].used_at is None and found[0].idle_until <= now:
        raise InvalidToken
    return found


async def _spend_last(
    session: AsyncSession, family_id: UUID, successor_digest: str, now: datetime
) -> None:
    """Spend the last link of the chain; a refresh at this moment may put another in its place."""
    for _ in range(_REFRESHES_AT_ONCE):
        if await crud.credential.spend_last(session, family_id, successor_digest, now):
            return
    raise Unavailable("The tokens are being refreshed right now. Try again in a moment.")


async def _is_repeat(session: AsyncSession, row: RefreshToken, issuer: Issuer) -> bool:
    """Two tabs, or an answer that was lost on its way: within the grace, successor unused."""
    assert row.used_at is not None  # noqa: S101 - somebody else spent it
    grace = timedelta(seconds=issuer.limits.refresh_grace_s)
    # On either side: a clock that was set back must not make the grace longer.
    if abs(issuer.clock.now() - row.used_at) > grace:
        return False
    return not await crud.credential.is_used(session, row.successor_digest)


async def _add(session: AsyncSession, family: TokenFamily, token: str, issuer: Issuer) -> None:
    now = issuer.clock.now()
    idle_until = now + timedelta(seconds=issuer.limits.refresh_idle_s)
    row = RefreshToken(
        id=new_id(),
        family_id=family.id,
        digest=opaque.digest(token),
        created_at=now,
        idle_until=min(idle_until, family.absolute_until),
    )
    await crud.credential.add(session, row)


def _end(family: TokenFamily, because: str, now: datetime) -> None:
    family.revoked_at = family.revoked_at or now
    family.revoked_because = family.revoked_because or because


def _pair(user: User, family: TokenFamily, refresh_token: str, issuer: Issuer) -> Token:
    granted = scopes.parse(family.scope)
    family_id: UUID = family.id
    access_token = issuer.tokens.sign(
        user_id=user.id,
        family_id=family_id,
        epoch=user.auth_epoch,
        scopes=granted,
        client_id=family.client_id,
        auth_time=family.confirmed_at or family.created_at,
        keys=issuer.keys,
    )
    return Token(
        access_token=access_token,
        refresh_token=refresh_token,
        token_type="bearer",  # noqa: S106
        expires_in=issuer.tokens.lifetime_s,
        scope=scopes.to_text(granted),
    )
