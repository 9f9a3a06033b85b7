"""What one installation knows of itself: key fingerprint, set-up, signing keys."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Base


class Instance(Base):
    """The one row of an installation."""

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    #: A replica that holds another master key must not serve.
    master_key_fingerprint: Mapped[str] = mapped_column(String(64))
    setup_digest: Mapped[str | None] = mapped_column(String(64))
    setup_until: Mapped[datetime | None]
    setup_done_at: Mapped[datetime | None]
    #: The key of personal tokens, once the master key that it follows from was replaced.
    token_key_sealed: Mapped[str | None] = mapped_column(Text)
    #: Every recipe was indexed by this `SEARCH_VERSION`, or waits in `index_request` for it.
    search_version: Mapped[int] = mapped_column(default=0)


class SigningKey(Base):
    """A key that signs access tokens; the private part is sealed under the master key."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    private_sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    #: It signs until then and verifies a little longer; the next one begins at that instant.
    retired_at: Mapped[datetime | None]
