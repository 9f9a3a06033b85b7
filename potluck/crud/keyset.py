"""Keyset pages: stable while rows come and go, and as fast on the last page as on the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from potluck.core.errors import InvalidCursor
from potluck.core.paging import PageRequest

#: A statement of any columns.
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Order:
    """Sort by `column`, ties by `id`, both falling when `descending`; unknown values last."""

    column: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[UUID]
    descending: bool = False

    def apply(self, statement: AnySelect, request: PageRequest) -> AnySelect:
        """The statement for one page, with one row more to tell whether another page follows."""
        after = request.after()
        if after is not None:
            statement = statement.where(self._beyond(*self._typed(after)))
        return self.sort(statement).limit(request.limit + 1)

    def sort(self, statement: AnySelect) -> AnySelect:
        """The statement in this order."""
        first, tie = self.column.asc(), self.id.asc()
        if self.descending:
            first, tie = self.column.desc(), self.id.desc()
        if self._may_be_unknown:
            first = first.nulls_last()
        return statement.order_by(first, tie)

    def key(self, value: Any, id: UUID) -> list[str | int | None]:
        """The sort key of a row, as a cursor carries it."""
        return [value.isoformat() if isinstance(value, datetime) else value, str(id)]

    def _typed(self, after: list[str | int | None]) -> tuple[Any, UUID]:
        try:
            value, id = after
            wanted = self.column.type.python_type
            if wanted is datetime and value is not None:
                value = datetime.fromisoformat(str(value))  # type: ignore[assignment]
            return value, UUID(str(id))
        except ValueError:
            raise InvalidCursor("The cursor is not of this list.") from None

    @property
    def _may_be_unknown(self) -> bool:
        return bool(self.column.property.columns[0].nullable)

    def _beyond(self, value: Any, id: UUID) -> ColumnElement[bool]:
        """Behind the row with this key; the bound comes first, as an index can use it."""
        column = self.column
        later = self.id < id if self.descending else self.id > id
        if value is None:
            return and_(column.is_(None), later)
        bound, further = (
            (column <= value, column < value)
            if self.descending
            else (column >= value, column > value)
        )
        behind = and_(bound, or_(further, later))
        return or_(behind, column.is_(None)) if self._may_be_unknown else behind


async def fetch_page(
    session: AsyncSession, statement: AnySelect, order: Order, request: PageRequest
) -> tuple[list[Any], str | None]:
    """The rows of one page and the cursor of the next, None on the last.

    Rows must have the attributes of the order's column and id, directly or as first element.
    """
    return cut((await session.execute(order.apply(statement, request))).all(), order, request)


def cut(found: Sequence[Any], order: Order, request: PageRequest) -> tuple[list[Any], str | None]:
    """The page among the rows found, which may be one more than it holds; and the next cursor."""
    rows = list(found)
    if len(rows) <= request.limit:
        return rows, None
    last = rows[request.limit - 1]
    owner = last if hasattr(last, order.column.key) else last[0]
    key = order.key(getattr(owner, order.column.key), getattr(owner, order.id.key))
    return rows[: request.limit], request.next_cursor(key)
