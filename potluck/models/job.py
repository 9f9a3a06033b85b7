"""Work that nobody waits for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Base, Identified
from potluck.domain.jobs import JobState

_WAITS = "state = 'queued'"
_RUNS = "state = 'running'"
#: As text: PostgreSQL looks for the index by it, which it cannot once the words are parameters.
LIVES = "state IN ('queued', 'running')"


class Job(Identified):
    """A piece of work, written in the transaction of the change that asks for it.

    `payload` is sealed (AES-256-GCM); `key` is had by one job that is queued or running at most.
    `user_id` is who asked, whose rights it has. `tries` counts how often somebody took it on, also
    who ended in the middle. `fence` names the holder: only the newest may finish the job. A holder
    that did not move `lease_until` on in time is taken for dead. `done` of `total` tells how far it
    is, `result` (JSON) what came of it, `error` the class or slug of the last failure.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="state"
        ),
        Index(
            "ix_job_run_at",
            "run_at",
            "id",
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
        Index(
            "ix_job_lease_until",
            "lease_until",
            sqlite_where=text(_RUNS),
            postgresql_where=text(_RUNS),
        ),
        Index(
            "uq_job_key",
            "key",
            unique=True,
            sqlite_where=text(LIVES),
            postgresql_where=text(LIVES),
        ),
        Index("ix_job_ended_at", "ended_at"),
    )

    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[JobState] = mapped_column(String(10))
    key: Mapped[str | None] = mapped_column(String(200))
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    run_at: Mapped[datetime]
    tries: Mapped[int]
    fence: Mapped[int]
    lease_until: Mapped[datetime | None]
    done: Mapped[int | None]
    total: Mapped[int | None]
    result: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ScheduledWork(Base):
    """What is done again and again: up to which of its appointed times it has been asked for."""

    __tablename__ = "scheduled_work"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    asked_until: Mapped[datetime]
