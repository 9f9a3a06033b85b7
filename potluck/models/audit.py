"""The audit: what was done to accounts, households and the instance, and by whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Base


class AuditEvent(Base):
    """One thing that was done. Never changed; removed only below the mark of `AuditHead`.

    Triggers of the database refuse anything else. It refers to nothing by a foreign key: it
    outlives the account and the household it tells of.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_actor_id_seq", "actor_id", "seq"),
        Index("ix_audit_event_subject_id_seq", "subject_id", "seq"),
        Index("ix_audit_event_household_id_seq", "household_id", "seq"),
    )

    #: From 1 on, without a gap, in the order of the commits.
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(8))
    actor_id: Mapped[UUID | None]
    #: What proved who it was, and its row: a token family, a personal token, a web session.
    credential_kind: Mapped[str] = mapped_column(String(16))
    credential_id: Mapped[UUID | None]
    #: Like "Firefox on Linux"; a claim of the client's.
    client: Mapped[str | None] = mapped_column(String(64))
    #: The network the request came from, /24 or /48: enough to tell home from abroad.
    ip_prefix: Mapped[str | None] = mapped_column(String(43))
    request_id: Mapped[str | None] = mapped_column(String(64))
    target_type: Mapped[str | None] = mapped_column(String(20))
    target_id: Mapped[UUID | None]
    #: The account that it concerns, whose owner may read it.
    subject_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    #: A JSON object with the members that the action declares.
    detail: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """Where the chain ends and where it begins: one row, locked last by who appends."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    #: The key of the chain, sealed under the master key, so that it stays when that is changed.
    key_sealed: Mapped[str] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    #: The last event that was removed for its age, and a keyed hash that says so.
    pruned_seq: Mapped[int] = mapped_column(BigInteger)
    pruned_hash: Mapped[str] = mapped_column(String(64))
    pruned_mac: Mapped[str | None] = mapped_column(String(64))
