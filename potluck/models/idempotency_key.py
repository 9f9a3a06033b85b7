"""POSTs that were sent with an `Idempotency-Key`, and what they were answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Base


class IdempotencyKey(Base):
    """One use of a key.

    `id` is a digest of the key and of who used it, `fingerprint` one of what was asked for.
    `claim_id` names the attempt that may finish it, since `claimed_at`; `answer` is the whole
    answer, sealed, and None while that attempt runs.
    """

    __tablename__ = "idempotency_key"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    fingerprint: Mapped[str] = mapped_column(String(64))
    claim_id: Mapped[UUID]
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
