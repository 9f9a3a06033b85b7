"""Predicates about the actor's households, in one place."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import InstrumentedAttribute

from potluck.core.actor import Actor
from potluck.domain.roles import Role
from potluck.models import Membership


def owned(column: InstrumentedAttribute[Any], actor: Actor) -> ColumnElement[bool]:
    """The row is the actor's own.

    A bare `column == actor.user_id` would be `IS NULL` for a stranger, who would then own every
    row without an owner.
    """
    return false() if actor.user_id is None else column == actor.user_id


def belongs_to(actor: Actor) -> ColumnElement[bool]:
    """The membership is one of the actor's: of their own, within what their credential reaches."""
    own = owned(Membership.user_id, actor)
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
