"""A named collection of a household."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from potluck.db.base_class import Entity

if TYPE_CHECKING:
    from potluck.models.household import Household


class Cookbook(Entity):
    """Goes with its household."""

    __tablename__ = "cookbook"

    household_id: Mapped[UUID] = mapped_column(
        ForeignKey("household.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(String(2000))

    household: Mapped["Household"] = relationship(lazy="raise")
