"""Proofs of having signed in: token families, their refresh tokens, web sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Identified


class TokenFamily(Identified):
    """One sign-in of one API client: its refresh tokens and access tokens live and end with it."""

    __tablename__ = "token_family"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[str] = mapped_column(String(50))
    scope: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    #: When the person behind it last gave the password; None: when it was made.
    confirmed_at: Mapped[datetime | None]
    absolute_until: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None] = mapped_column(String(20))


class RefreshToken(Identified):
    """A link of a family's chain; the token itself is stored as a digest only.

    `successor_sealed` is the next token under a key made from this one: the row alone opens
    nothing.
    """

    __tablename__ = "refresh_token"
    __table_args__ = (UniqueConstraint("digest"),)

    family_id: Mapped[UUID] = mapped_column(
        ForeignKey("token_family.id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    used_at: Mapped[datetime | None]
    successor_digest: Mapped[str | None] = mapped_column(String(64))
    successor_sealed: Mapped[str | None] = mapped_column(Text)


class WebSession(Identified):
    """One browser's sign-in; the cookie's value is stored as a digest only."""

    __tablename__ = "web_session"
    __table_args__ = (UniqueConstraint("digest"),)

    digest: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    user_agent: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    absolute_until: Mapped[datetime]
    auth_epoch: Mapped[int]
    revoked_at: Mapped[datetime | None]
