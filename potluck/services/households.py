"""Households and their members: the rules that span rows."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import Forbidden, Invalid, InvalidToken, NotFound
from potluck.domain.audit import Action
from potluck.domain.roles import Role
from potluck.domain.slug import slug
from potluck.models import Household, User
from potluck.schemas.household import (
    HouseholdCreate,
    HouseholdInDB,
    HouseholdUpdate,
    MembershipInDB,
)
from potluck.services import audit
from potluck.services.preconditions import check_match, etag_of


async def create(
    session: AsyncSession, actor: Actor, data: HouseholdCreate, *, now: datetime
) -> Household:
    """A household whose owner is the actor.

    Raises `Forbidden` for who is held to another, `InvalidToken` for an account that is gone.
    """
    if actor.household_id is not None:
        raise Forbidden("A token for one household makes no others.")
    user = await own_account(session, actor)
    household = await found(session, user, data, now=now)
    audit.record(session, Action.HOUSEHOLD_CREATED, actor=actor, target=household, now=now)
    return household


async def found(
    session: AsyncSession, user: User, data: HouseholdCreate, *, now: datetime
) -> Household:
    """A household whose owner is the account."""
    stored = HouseholdInDB(**data.model_dump(), slug=_slug(data.name))
    household = await crud.household.create(session, stored, now=now)
    owner = MembershipInDB(household_id=household.id, user_id=user.id, role=Role.OWNER)
    await crud.membership.create(session, owner, now=now)
    return household


async def own_account(session: AsyncSession, actor: Actor) -> User:
    """The actor's account, locked. Raises `InvalidToken` when it is gone since it was looked up."""
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    try:
        return await crud.user.get_for_update(session, actor, actor.user_id)
    except NotFound:
        raise InvalidToken from None


def default_of(actor: Actor, user: User) -> UUID | None:
    """The household that is meant when none is named: the actor's only one, or the chosen one."""
    return actor.household_id or user.default_household_id


async def destination(
    session: AsyncSession,
    actor: Actor,
    household_id: UUID | None,
    *,
    allowed: Collection[Role],
    lock: bool = False,
) -> Household:
    """The household that something new of the actor goes to; None means the actor's default.

    With `lock`, others who lock it wait until this unit of work ends. Raises `Invalid` when the
    actor has no such household, `Forbidden` when the role in it is none of `allowed`.
    """
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    if household_id is None:
        user = await crud.user.get(session, actor, actor.user_id)
        household_id = default_of(actor, user)
    found = household_id and await crud.household.with_role(session, actor, household_id, lock=lock)
    if not found:
        raise Invalid.member(
            "/household_id", "no_household", "Name one of your households, or choose a default."
        )
    household, role = found
    if role not in allowed:
        raise Forbidden(f"Your role ({role}) in the household does not allow this.")
    return household


async def update(
    session: AsyncSession,
    actor: Actor,
    id: UUID,
    data: HouseholdUpdate,
    *,
    if_match: str | None,
    now: datetime,
) -> Household:
    """Change the members sent. Raises `NotFound`, `Forbidden`, `PreconditionRequired`, `Stale`."""
    household = await crud.household.get_for_update(session, actor, id)
    check_match(if_match, etag_of(household))
    changes = data.changes()
    if "name" in changes:
        changes["slug"] = _slug(changes["name"])
    updated = await crud.household.update(session, household, changes, now=now)
    members = sorted(changes)
    audit.record(
        session,
        Action.HOUSEHOLD_CHANGED,
        actor=actor,
        target=household,
        now=now,
        members=members,
    )
    return updated


def _slug(name: str) -> str:
    return slug(name, nameless="household")


async def check_may_grant(
    session: AsyncSession, actor: Actor, household_id: UUID, role: Role
) -> None:
    """Roles act at most up to their own. Raises `Forbidden`; `NotFound` for who is no member."""
    if actor.is_system:
        return
    assert actor.user_id is not None  # noqa: S101
    own = await crud.membership.of(session, actor, household_id, actor.user_id)
    if not Role(own.role).may_grant(role):
        raise Forbidden(f"Your role ({own.role}) may not give or take the role {role}.")
