"""Cookbooks: who sees them, and who may change them."""

from sqlalchemy import ColumnElement, true

from potluck.core.actor import Actor
from potluck.crud.base import CRUDBase
from potluck.crud.tenancy import member_of
from potluck.domain.roles import EDITORS
from potluck.models import Cookbook
from potluck.schemas.cookbook import CookbookInDB, CookbookUpdate


class CRUDCookbook(CRUDBase[Cookbook, CookbookInDB, CookbookUpdate]):
    """Members see the cookbooks of their households; editors and above change them."""

    model = Cookbook
    noun = "cookbook"

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Cookbook.household_id, actor)

    def editable(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Cookbook.household_id, actor, *EDITORS)


cookbook = CRUDCookbook()
