"""Who belongs to which household, and as what."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from potluck.core.errors import AlreadyMember
from potluck.db.base_class import Entity

if TYPE_CHECKING:
    from potluck.models.household import Household
    from potluck.models.user import User


class Membership(Entity):
    """One person's role in one household."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint(
            "household_id",
            "user_id",
            info={"refusal": AlreadyMember("This person is a member of the household already.")},
        ),
        CheckConstraint(
            "role IN ('owner', 'admin', 'editor', 'contributor', 'viewer')", name="role"
        ),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(12))

    household: Mapped["Household"] = relationship(back_populates="memberships", lazy="raise")
    user: Mapped["User"] = relationship(back_populates="memberships", lazy="raise")
