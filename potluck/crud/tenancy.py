"""Predicates about the actor's households, in one place."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, and_, false, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, with_expression

from potluck.core.actor import Actor
from potluck.db.json_rows import json_objects
from potluck.domain.roles import Role
from potluck.models import Household, Membership, User

#: Reads the ids of a user's households in the statement that reads the user; they need no order.
WITH_HOUSEHOLDS = with_expression(
    User.belongs_to,
    type_coerce(
        select(json_objects("id", Membership.household_id))
        .where(Membership.user_id == User.id)
        .correlate(User)
        .scalar_subquery(),
        JSON,
    ),
)


#: The same with their names, for pages.
WITH_NAMED_HOUSEHOLDS = with_expression(
    User.belongs_to,
    type_coerce(
        select(json_objects("id", Household.id, "name", Household.name))
        .join_from(Membership, Household, Household.id == Membership.household_id)
        .where(Membership.user_id == User.id, Household.deleted_at.is_(None))
        .correlate(User)
        .scalar_subquery(),
        JSON,
    ),
)


def owned(column: InstrumentedAttribute[Any], actor: Actor) -> ColumnElement[bool]:
    """The row is the actor's own.

    A bare `column == actor.user_id` would be `IS NULL` for a stranger, who would then own every
    row without an owner.
    """
    return false() if actor.user_id is None else column == actor.user_id


def households_of(user: User, within: UUID | None = None) -> frozenset[UUID] | None:
    """The households that `WITH_HOUSEHOLDS` read, or of them the one in `within`; else None."""
    if user.belongs_to is None:
        return None
    found = frozenset(UUID(each["id"]) for each in user.belongs_to)
    return found if within is None else found & {within}


def named_households(user: User) -> list[tuple[str, str]]:
    """Ids and names of the households that `WITH_NAMED_HOUSEHOLDS` read, by name."""
    found = [(str(UUID(each["id"])), each["name"]) for each in user.belongs_to or []]
    return sorted(found, key=lambda each: (each[1].casefold(), each[0]))


def in_trash(household_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The household was deleted: it is there for nobody, nor is what it owns."""
    return household_id.in_(select(Household.id).where(Household.deleted_at.is_not(None)))


def belongs_to(actor: Actor) -> ColumnElement[bool]:
    """The membership is one of the actor's: of their own, within what their credential reaches."""
    own = and_(owned(Membership.user_id, actor), ~in_trash(Membership.household_id))
    if actor.household_id is None:
        return own
    return and_(own, Membership.household_id == actor.household_id)


def member_of(
    household_id: InstrumentedAttribute[UUID], actor: Actor, *roles: Role
) -> ColumnElement[bool]:
    """The actor belongs to the household, in one of `roles` when any are named."""
    if actor.user_id is None:
        return false()
    mine = select(Membership.household_id).where(belongs_to(actor))
    if roles:
        mine = mine.where(Membership.role.in_(roles))
    return household_id.in_(mine)
