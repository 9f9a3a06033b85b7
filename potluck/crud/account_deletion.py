"""Accounts that are about to be deleted, and what goes with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from potluck.crud.removal import remove_some
from potluck.domain.email_address import email_key
from potluck.domain.roles import Role
from potluck.models import (
    Household,
    IdempotencyKey,
    Invitation,
    Membership,
    OneTimeLink,
    RecipeRevision,
    RefreshToken,
    TokenFamily,
    User,
)

_OTHER = aliased(Membership)
_HAS_OTHERS = exists().where(
    _OTHER.household_id == Membership.household_id, _OTHER.user_id != Membership.user_id
)
_HAS_OWNER_WHO_STAYS = exists().where(
    _OTHER.household_id == Membership.household_id,
    _OTHER.user_id != Membership.user_id,
    _OTHER.role == Role.OWNER,
    _OTHER.user_id.in_(select(User.id).where(User.deletion_at.is_(None))),
)


async def lock_households(session: AsyncSession, user_id: UUID) -> None:
    """Lock the account's households: from here on nobody else changes who belongs to them."""
    its = select(Membership.household_id).where(Membership.user_id == user_id)
    locked = select(Household.id).where(Household.id.in_(its)).order_by(Household.id)
    await session.execute(locked.with_for_update(key_share=True))


async def households_without_other_owner(
    session: AsyncSession, user_id: UUID
) -> list[tuple[UUID, str]]:
    """Ids and names of households with other members in which nobody else is an owner who stays.

    By name. What lies in the trash is not among them. Lock them before you rely on it.
    """
    statement = (
        select(Household.id, Household.name)
        .join(Membership, Membership.household_id == Household.id)
        .where(
            Membership.user_id == user_id,
            Membership.role == Role.OWNER,
            Household.deleted_at.is_(None),
            _HAS_OTHERS,
            ~_HAS_OWNER_WHO_STAYS,
        )
        .order_by(Household.name, Household.id)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def due(session: AsyncSession, before: datetime) -> UUID | None:
    """An account that was to be deleted before the instant, the longest due first."""
    statement = select(User.id).where(User.deletion_at < before).order_by(User.deletion_at)
    id: UUID | None = await session.scalar(statement.limit(1))
    return id


async def household_of_nobody_else(session: AsyncSession, user_id: UUID) -> Household | None:
    """A household to which the account alone belongs, locked."""
    await lock_households(session, user_id)
    found: Household | None = await session.scalar(_of_nobody_else(user_id).limit(1))
    return found


async def households_of_nobody_else(session: AsyncSession, user_id: UUID) -> list[str]:
    """The names of households to which the account alone belongs, without those in the trash."""
    rows = await session.scalars(_of_nobody_else(user_id).where(Household.deleted_at.is_(None)))
    return [household.name for household in rows]


def _of_nobody_else(user_id: UUID) -> Select[Any]:
    return (
        select(Household)
        .join(Membership, Membership.household_id == Household.id)
        .where(Membership.user_id == user_id, ~_HAS_OTHERS)
        .order_by(Household.name, Household.id)
    )


async def heirs(session: AsyncSession, user_id: UUID) -> list[Membership]:
    """In each household that would be left without an owner, who is to be one.

    Of those who stay the one with the highest role, of these who has been there longest.
    """
    found = []
    for household_id, _ in await households_without_other_owner(session, user_id):
        statement = (
            select(Membership)
            .join(User, User.id == Membership.user_id)
            .where(Membership.household_id == household_id, Membership.user_id != user_id)
            .order_by(
                User.deletion_at.is_not(None),
                User.disabled_at.is_not(None),
                case({role.value: role.rank for role in Role}, value=Membership.role),
                Membership.created_at,
                Membership.id,
            )
            .limit(1)
        )
        found.append((await session.scalars(statement)).one())
    return found


async def release_revisions(session: AsyncSession, user_id: UUID, *, limit: int) -> int:
    """Leave at most `limit` saved states of recipes without an author; how many it were."""
    saved = select(RecipeRevision.id).where(RecipeRevision.author_id == user_id).limit(limit)
    ids = list(await session.scalars(saved))
    if ids:
        await session.execute(
            update(RecipeRevision)
            .where(RecipeRevision.id.in_(ids))
            .values(author_id=None)
            .execution_options(synchronize_session=False)
        )
    return len(ids)


async def remove_part(session: AsyncSession, user_id: UUID) -> bool:
    """Remove some of what an account has many rows of; true if there may be more of it."""
    families = select(TokenFamily.id).where(TokenFamily.user_id == user_id)
    rows: tuple[tuple[Any, ColumnElement[bool]], ...] = (
        (RefreshToken.id, RefreshToken.family_id.in_(families)),
        (IdempotencyKey.id, IdempotencyKey.user_id == user_id),
    )
    for key, is_its in rows:
        if await remove_some(session, key, is_its):
            return True
    return False


async def remove(session: AsyncSession, user: User) -> None:
    """Remove the row, what belongs to it, and what was addressed to it.

    With the row go its sign-ins, tokens, links, jobs, memberships and the invitations that it
    made.
    """
    await _remove_invitations_to(session, user.email_key)
    await session.execute(delete(OneTimeLink).where(OneTimeLink.address_key == user.email_key))
    await session.delete(user)
    await session.flush()


async def _remove_invitations_to(session: AsyncSession, email_key_of_it: str) -> None:
    """By the form in which addresses are compared, which no engine has a function for."""
    named = select(Invitation.id, Invitation.email).where(Invitation.email.is_not(None))
    rows = await session.execute(named)
    ids = [id for id, email in rows if email_key(email or "") == email_key_of_it]
    await session.execute(delete(Invitation).where(Invitation.id.in_(ids)))
