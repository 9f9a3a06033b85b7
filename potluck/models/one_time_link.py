"""Links that do one thing once: they reset a password, or prove that an address is read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Identified


class OneTimeLink(Identified):
    """The token is stored as a digest only; it does nothing after `expires_at` or `used_at`.

    `address` is what the link is about: where it was sent, or what the account's address is to be.
    A sign-up that waits for its proof has no account yet, and keeps here what it will be made of.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("kind IN ('verify', 'reset', 'email_change', 'email_cancel')", name="kind"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(512), index=True)
    display_name: Mapped[str | None] = mapped_column(String(100))
    password_hash: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
