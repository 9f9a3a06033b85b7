"""Who belongs to a household, and in which role."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import AlreadyMember, Invalid, LastOwner, NotFound
from potluck.core.paging import PageRequest
from potluck.crud.tenancy import member_of
from potluck.domain.audit import Action
from potluck.domain.roles import Role
from potluck.models import Household, Membership, User
from potluck.schemas.household import Member, MemberCreate, MembershipInDB, MemberUpdate
from potluck.services import audit, household_mails, households


async def page(
    session: AsyncSession, actor: Actor, household_id: UUID, request: PageRequest
) -> tuple[list[Member], str | None]:
    """A page of the members and the next cursor. Raises `NotFound`."""
    await crud.household.get(session, actor, household_id)
    rows, cursor = await crud.membership.members(session, actor, household_id, request)
    return [answer(membership, user) for membership, user in rows], cursor


def answer(membership: Membership, user: User) -> Member:
    """A member as the others see them."""
    return Member(
        user_id=user.id,
        display_name=user.display_name,
        role=Role(membership.role),
        joined_at=membership.created_at,
    )


async def add(
    session: AsyncSession, actor: Actor, household_id: UUID, data: MemberCreate, *, now: datetime
) -> Member:
    """Add the account with this address. Raises `Forbidden`, `Invalid`, `AlreadyMember`."""
    await crud.household.get_for_update(session, actor, household_id)
    await households.check_may_grant(session, actor, household_id, data.role)
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
    return answer(membership, user)


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
    household = await crud.household.get_for_update(session, actor, household_id)
    membership = await crud.membership.of(session, actor, household_id, user_id)
    await households.check_may_grant(session, actor, household_id, role)
    await households.check_may_grant(session, actor, household_id, Role(membership.role))
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
    if role != before:
        await household_mails.tell_role(session, actor, household, user, role, now=now)
    return answer(membership, user)


async def transfer(
    session: AsyncSession, actor: Actor, household_id: UUID, user_id: UUID, *, now: datetime
) -> Member:
    """Make a member the owner in the actor's place, who becomes admin.

    Raises `NotFound`, `Forbidden` for who is no owner, `Invalid` for who is no member.
    """
    owners = member_of(Household.id, actor, Role.OWNER)
    household = await crud.household.get_for_update(session, actor, household_id, allowed=owners)
    # Again under the lock: what was seen before it may be another's doing by now.
    await households.check_may_grant(session, actor, household_id, Role.OWNER)
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
    await household_mails.tell_new_owner(session, actor, household, user, now=now)
    return answer(membership, user)


async def remove(
    session: AsyncSession, actor: Actor, household_id: UUID, user_id: UUID, *, now: datetime
) -> None:
    """End a membership; anyone may leave. Raises `NotFound`, `Forbidden`, `LastOwner`.

    The default household of who leaves moves to the oldest other membership, or to none.
    """
    everyone = crud.household.visible(actor)
    household = await crud.household.get_for_update(session, actor, household_id, allowed=everyone)
    membership = await crud.membership.of(session, actor, household_id, user_id)
    if user_id != actor.user_id:
        await households.check_may_grant(session, actor, household_id, Role(membership.role))
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
    await household_mails.tell_removed(session, actor, household, user, now=now)


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
