"""Households and their members: the rules that span rows."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import AlreadyMember, Forbidden, Invalid, InvalidToken, LastOwner, NotFound
from potluck.core.paging import PageRequest
from potluck.crud.tenancy import member_of
from potluck.domain.audit import Action
from potluck.domain.roles import Role
from potluck.domain.slug import slug
from potluck.models import Household, Membership, User
from potluck.schemas.household import (
    HouseholdCreate,
    HouseholdInDB,
    HouseholdUpdate,
    Member,
    MemberCreate,
    MembershipInDB,
    MemberUpdate,
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


async def members(
    session: AsyncSession, actor: Actor, household_id: UUID, request: PageRequest
) -> tuple[list[Member], str | None]:
    """A page of the members and the next cursor. Raises `NotFound`."""
    await crud.household.get(session, actor, household_id)
    rows, cursor = await crud.membership.members(session, actor, household_id, request)
    return [member(membership, user) for membership, user in rows], cursor


def member(membership: Membership, user: User) -> Member:
    """A member as the others see them."""
    return Member(
        user_id=user.id,
        display_name=user.display_name,
        role=Role(membership.role),
        joined_at=membership.created_at,
    )


async def add_member(
    session: AsyncSession, actor: Actor, household_id: UUID, data: MemberCreate, *, now: datetime
) -> Member:
    """Add the account with this address. Raises `Forbidden`, `Invalid`, `AlreadyMember`."""
    await crud.household.get_for_update(session, actor, household_id)
    await check_may_grant(session, actor, household_id, data.role)
    user = await crud.user.by_email(session, data.email)
    if user is None:
        raise Invalid.member(
            "/email", "no_such_account", "Nobody here has this address; ask them to sign up first."
        )
    if await _is_member(session, household_id, user.id):
        raise AlreadyMember("This person is a member of the household already.")
    stored = MembershipInDB(household_id=household_id, user_id=user.id, role=data.role)
    membership = await crud.membership.create(session, stored, now=now)
    audit.record(
        session,
        Action.MEMBER_ADDED,
        actor=actor,
        target=user,
        household_id=household_id,
        now=now,
        role=data.role,
    )
    return member(membership, user)


async def change_role(
    session: AsyncSession,
    actor: Actor,
    household_id: UUID,
    user_id: UUID,
    data: MemberUpdate,
    *,
    now: datetime,
) -> Member:
    """Give a member another role. Raises `NotFound`, `Forbidden`, `LastOwner`."""
    role: Role = data.changes()["role"]
    await crud.household.get_for_update(session, actor, household_id)
    membership = await crud.membership.of(session, actor, household_id, user_id)
    await check_may_grant(session, actor, household_id, role)
    await check_may_grant(session, actor, household_id, Role(membership.role))
    if role != Role.OWNER:
        await _keep_an_owner(session, membership)
    before = membership.role
    await crud.membership.update(session, membership, {"role": role}, now=now)
    user = await crud.user.get(session, Actor.system(), user_id)
    audit.record(
        session,
        Action.MEMBER_ROLE_CHANGED,
        actor=actor,
        target=user,
        household_id=household_id,
        now=now,
        role=role,
        before=before,
    )
    return member(membership, user)


async def transfer(
    session: AsyncSession, actor: Actor, household_id: UUID, user_id: UUID, *, now: datetime
) -> Member:
    """Make a member the owner in the actor's place, who becomes admin.

    Raises `NotFound`, `Forbidden` for who is no owner, `Invalid` for who is no member.
    """
    owners = member_of(Household.id, actor, Role.OWNER)
    await crud.household.get_for_update(session, actor, household_id, allowed=owners)
    # Again under the lock: what was seen before it may be another's doing by now.
    await check_may_grant(session, actor, household_id, Role.OWNER)
    if user_id == actor.user_id:
        raise Invalid.member("/user_id", "is_yourself", "Name another member.")
    try:
        membership = await crud.membership.of(session, actor, household_id, user_id)
    except NotFound:
        raise Invalid.member("/user_id", "not_a_member", "Name one of the members.") from None
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    own = await crud.membership.of(session, actor, household_id, actor.user_id)
    await crud.membership.update(session, membership, {"role": Role.OWNER}, now=now)
    await crud.membership.update(session, own, {"role": Role.ADMIN}, now=now)
    user = await crud.user.get(session, Actor.system(), user_id)
    audit.record(
        session,
        Action.HOUSEHOLD_TRANSFERRED,
        actor=actor,
        target=user,
        household_id=household_id,
        now=now,
    )
    return member(membership, user)


async def remove_member(
    session: AsyncSession, actor: Actor, household_id: UUID, user_id: UUID, *, now: datetime
) -> None:
    """End a membership; anyone may leave. Raises `NotFound`, `Forbidden`, `LastOwner`.

    The default household of who leaves moves to the oldest other membership, or to none.
    """
    everyone = crud.household.visible(actor)
    await crud.household.get_for_update(session, actor, household_id, allowed=everyone)
    membership = await crud.membership.of(session, actor, household_id, user_id)
    if user_id != actor.user_id:
        await check_may_grant(session, actor, household_id, Role(membership.role))
    await _keep_an_owner(session, membership)
    await crud.membership.remove(session, membership)
    user = await crud.user.get_for_update(session, Actor.system(), user_id)
    if user.default_household_id == household_id:
        other = await crud.membership.oldest_of(session, user_id)
        moved = {"default_household_id": other.household_id if other else None}
        await crud.user.update(session, user, moved, now=now)
    audit.record(
        session,
        Action.MEMBER_LEFT if user_id == actor.user_id else Action.MEMBER_REMOVED,
        actor=actor,
        target=user,
        household_id=household_id,
        now=now,
        role=membership.role,
    )


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


async def _is_member(session: AsyncSession, household_id: UUID, user_id: UUID) -> bool:
    try:
        await crud.membership.of(session, Actor.system(), household_id, user_id)
    except NotFound:
        return False
    return True


async def _keep_an_owner(session: AsyncSession, leaving: Membership) -> None:
    if leaving.role != Role.OWNER:
        return
    household_id, user_id = leaving.household_id, leaving.user_id
    if not await crud.membership.has_other_owner(session, household_id, user_id):
        raise LastOwner("Make someone else an owner first.")
