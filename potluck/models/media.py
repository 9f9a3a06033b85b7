"""Pictures: what is known of one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Identified


class Media(Identified):
    """A picture of a household; its files lie in the media store under `digest`.

    `digest` is the SHA-256 of what was sent, `width` and `height` are its pixels after turning,
    `widths` the blank-separated widths of the stored files, `formats` their types, best first.
    `colour` is the average as #rrggbb; `focus_x` and `focus_y` say in percent from the top left
    what a crop must keep. `origin_url` is where it was fetched from, None when it was sent.
    """

    __tablename__ = "media"
    __table_args__ = (Index("ix_media_digest", "digest"),)

    household_id: Mapped[UUID] = mapped_column(
        ForeignKey("household.id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    widths: Mapped[str] = mapped_column(String(60))
    formats: Mapped[str] = mapped_column(String(40))
    byte_size: Mapped[int] = mapped_column(BigInteger)
    colour: Mapped[str] = mapped_column(String(7))
    focus_x: Mapped[int] = mapped_column(SmallInteger)
    focus_y: Mapped[int] = mapped_column(SmallInteger)
    origin_url: Mapped[str | None] = mapped_column(String(2048))
    created_at: Mapped[datetime]
