"""Households."""

from sqlalchemy import ColumnElement, true

from potluck.core.actor import Actor
from potluck.crud.base import CRUDBase
from potluck.crud.tenancy import member_of
from potluck.domain.roles import MANAGERS
from potluck.models import Household
from potluck.schemas.household import HouseholdInDB, HouseholdUpdate


class CRUDHousehold(CRUDBase[Household, HouseholdInDB, HouseholdUpdate]):
    """Members see their households; owners and admins change the settings."""

    model = Household
    noun = "household"

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Household.id, actor)

    def editable(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Household.id, actor, *MANAGERS)


household = CRUDHousehold()
