"""The group of people who own recipes together."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from potluck.db.base_class import Entity

if TYPE_CHECKING:
    from potluck.models.membership import Membership
    from potluck.models.recipe import Recipe
    from potluck.models.tag import Tag
    from potluck.models.user import User


#: A condition of SQL.
_IN_TRASH = "deleted_at IS NOT NULL"


class Household(Entity):
    """The tenant: recipes and tags belong to it, people belong to it through a membership.

    With `deleted_at` it lies in the trash: nobody sees it, nor anything that it owns.
    """

    __tablename__ = "household"
    __table_args__ = (
        CheckConstraint("unit_system IN ('original', 'metric', 'us')", name="unit_system"),
        CheckConstraint("week_start IN ('monday', 'sunday', 'saturday')", name="week_start"),
        CheckConstraint(
            "default_visibility IN ('private', 'household', 'instance')", name="default_visibility"
        ),
        Index(
            "ix_household_deleted_at",
            "deleted_at",
            sqlite_where=text(_IN_TRASH),
            postgresql_where=text(_IN_TRASH),
        ),
    )

    name: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str] = mapped_column(String(120))
    locale: Mapped[str] = mapped_column(String(35))
    unit_system: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(64))
    week_start: Mapped[str] = mapped_column(String(10))
    default_visibility: Mapped[str] = mapped_column(String(10))
    deleted_at: Mapped[datetime | None]

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="household", lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )
    users: Mapped[list["User"]] = relationship(
        secondary="membership", back_populates="households", lazy="raise", viewonly=True
    )
    recipes: Mapped[list["Recipe"]] = relationship(
        back_populates="household", lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )
    tags: Mapped[list["Tag"]] = relationship(
        back_populates="household", lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )
