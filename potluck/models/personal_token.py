"""Personal access tokens: for scripts and home automation, made by a person for themselves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Identified


class PersonalToken(Identified):
    """The token itself is stored as a keyed digest only; `hint` is its last four characters.

    `household_id` narrows it to one of its owner's households. It opens nothing after
    `expires_at` (None: no end) or `revoked_at`.
    """

    __tablename__ = "personal_token"
    __table_args__ = (UniqueConstraint("digest"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("household.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    hint: Mapped[str] = mapped_column(String(4))
    scope: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
