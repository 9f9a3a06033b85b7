"""Invitations: links that let somebody join a household."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Identified


class Invitation(Identified):
    """The token is stored as a digest only; with it one person joins once, in this role.

    It opens nothing after `expires_at`, `redeemed_at` or `revoked_at`, and goes with the account
    that made it. `email` is the address of the one account that may use it (None: any).
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint(
            "role IN ('owner', 'admin', 'editor', 'contributor', 'viewer')", name="role"
        ),
        Index("ix_invitation_household_id_created_at_id", "household_id", "created_at", "id"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64))
    email: Mapped[str | None] = mapped_column(String(254))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    redeemed_at: Mapped[datetime | None]
    redeemed_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    revoked_at: Mapped[datetime | None]
