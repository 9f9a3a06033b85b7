"""Mails to those whom a change of a household concerns, and never to who made it.

Nobody is written to whose account is disabled: they could not look.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.domain.roles import Role
from potluck.models import Household, User
from potluck.schemas.mail import (
    HouseholdDeletedMail,
    Mail,
    MemberRemovedMail,
    OwnershipTransferredMail,
    RoleChangedMail,
)
from potluck.services import mails

#: What to write to somebody, by their own name and by the name of who made the change.
Write = Callable[[str, str], Mail]


async def tell_removed(
    session: AsyncSession, actor: Actor, household: Household, user: User, *, now: datetime
) -> None:
    """Tell somebody that they no longer belong to the household."""

    def write(name: str, by: str) -> Mail:
        return MemberRemovedMail(name=name, household=household.name, actor=by)

    await _tell(session, actor, [user], write, now=now)


async def tell_role(
    session: AsyncSession,
    actor: Actor,
    household: Household,
    user: User,
    role: Role,
    *,
    now: datetime,
) -> None:
    """Tell a member which role they have from now on."""

    def write(name: str, by: str) -> Mail:
        return RoleChangedMail(name=name, household=household.name, role=role, actor=by)

    await _tell(session, actor, [user], write, now=now)


async def tell_new_owner(
    session: AsyncSession, actor: Actor, household: Household, user: User, *, now: datetime
) -> None:
    """Tell a member that the household is theirs now; its owner before did it, and knows."""

    def write(name: str, by: str) -> Mail:
        return OwnershipTransferredMail(
            name=name, household=household.name, previous_owner=by, new_owner=user.display_name
        )

    await _tell(session, actor, [user], write, now=now)


async def tell_deleted(
    session: AsyncSession, actor: Actor, household: Household, *, until: datetime, now: datetime
) -> None:
    """Tell every member that the household is in the trash, and until when it can come back."""

    def write(name: str, by: str) -> Mail:
        return HouseholdDeletedMail(name=name, household=household.name, actor=by, until=until)

    members = await crud.membership.accounts(session, household.id)
    await _tell(session, actor, members, write, now=now)


async def _tell(
    session: AsyncSession, actor: Actor, users: list[User], write: Write, *, now: datetime
) -> None:
    others = [each for each in users if each.id != actor.user_id and each.can_sign_in(now)]
    if not others:
        return
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    by = await crud.user.get(session, Actor.system(), actor.user_id)
    for user in others:
        mail = write(user.display_name, by.display_name)
        await mails.send_later(session, mail, to=user.email, locale=user.locale, now=now)
