"""What every table has in common."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from potluck.core.ids import new_id
from potluck.db.types import UtcDateTime


class Base(DeclarativeBase):
    """Every constraint has a predictable name, so that migrations and errors can refer to it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy's protocol


class Identified(Base):
    """A row with a UUIDv7 of our own (sortable by time, no sequence to leak)."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Entity(Identified):
    """A row people change: two timestamps, written by the caller's clock, and a version.

    `version` counts the changes of the row; SQLAlchemy adds it to every UPDATE, so a lost update
    raises instead of overwriting.
    """

    __abstract__ = True

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(nullable=False)

    __mapper_args__: dict[str, Any] = {"version_id_col": version}  # noqa: RUF012


__all__ = ["Base", "Entity", "Identified"]
