"""A person with an account."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from potluck.core.errors import EmailTaken
from potluck.db.base_class import Entity

if TYPE_CHECKING:
    from potluck.models.household import Household
    from potluck.models.membership import Membership
    from potluck.models.recipe import Recipe

#: A condition of SQL.
_IS_LEAVING = "deletion_at IS NOT NULL"


class User(Entity):
    """An account. `email` is as typed; `email_key` (NFC, case folded) is what must be unique."""

    __tablename__ = "user"
    __table_args__ = (
        UniqueConstraint(
            "email_key",
            info={"refusal": EmailTaken("An account with this address exists. Sign in instead.")},
        ),
        CheckConstraint("unit_system IN ('original', 'metric', 'us')", name="unit_system"),
        Index(
            "ix_user_deletion_at",
            "deletion_at",
            sqlite_where=text(_IS_LEAVING),
            postgresql_where=text(_IS_LEAVING),
        ),
    )

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(512))
    display_name: Mapped[str] = mapped_column(String(100))
    locale: Mapped[str] = mapped_column(String(35), default="en")
    unit_system: Mapped[str] = mapped_column(String(10), default="original")
    #: When its owner last showed that they read its mail; None while nobody asked.
    email_verified_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(500))
    is_instance_admin: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    #: Its owner asked for it to be deleted then; until then it can only be kept after all.
    deletion_at: Mapped[datetime | None]
    #: Raising it ends every access token at once.
    auth_epoch: Mapped[int] = mapped_column(default=0)
    default_household_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("household.id", ondelete="SET NULL"), index=True
    )

    #: Read beside the row where a statement asks for it (`crud.tenancy.WITH_HOUSEHOLDS`).
    belongs_to: Mapped[list[dict[str, str]] | None] = query_expression()

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )
    households: Mapped[list["Household"]] = relationship(
        secondary="membership", back_populates="users", lazy="raise", viewonly=True
    )
    recipes: Mapped[list["Recipe"]] = relationship(
        back_populates="author", lazy="raise", passive_deletes=True
    )

    def can_sign_in(self, now: datetime) -> bool:
        """Whether the account is neither disabled nor past the instant of its deletion."""
        is_gone = self.deletion_at is not None and self.deletion_at <= now
        return self.disabled_at is None and not is_gone
