"""Sealed cells as texts, whatever they hold: for the change of the key that seals them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.db.base_class import Base

#: Cells that are read at a time.
BATCH = 200


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed texts, and the key column of its table."""

    model: type[Base]
    id: str
    value: str

    @property
    def name(self) -> tuple[str, str]:
        """Table and column, as the seal is bound to them."""
        return self.model.__tablename__, self.value


class CRUDSealed:
    """Every statement about sealed cells. No actor sees them: only the operator's command asks."""

    async def each(
        self, session: AsyncSession, column: SealedColumn
    ) -> AsyncIterator[tuple[Any, str]]:
        """The id and the text of every cell that holds something, in the order of the ids."""
        id, value = getattr(column.model, column.id), getattr(column.model, column.value)
        statement = select(id, value).where(value.is_not(None)).order_by(id).limit(BATCH)
        rows = (await session.execute(statement)).all()
        while rows:
            for row in rows:
                yield row[0], row[1]
            rows = (await session.execute(statement.where(id > rows[-1][0]))).all()

    async def replace(
        self, session: AsyncSession, column: SealedColumn, id: object, sealed: str
    ) -> None:
        """Put another text into one cell."""
        key = getattr(column.model, column.id)
        await session.execute(update(column.model).where(key == id).values({column.value: sealed}))


sealed = CRUDSealed()
