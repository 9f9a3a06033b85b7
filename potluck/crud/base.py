"""CRUDBase: the generic way from a schema to a row and back.

It never commits (the unit of work does), and it cannot be instantiated without saying who may
see and who may change a row: every read starts from `visible`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import Forbidden, NotFound
from potluck.core.paging import PageRequest
from potluck.crud.keyset import Order, fetch_page
from potluck.crud.prepared import prepared
from potluck.db.base_class import Entity
from potluck.schemas.base import Patch

M = TypeVar("M", bound=Entity)
C = TypeVar("C", bound=BaseModel)
U = TypeVar("U", bound=Patch)


class CRUDBase(ABC, Generic[M, C, U]):
    """Reads and writes rows of one entity: `M` the model, `C` and `U` what create and update take.

    `model` is the mapped class, `noun` what people call a row of it ("recipe").
    """

    model: type[M]
    noun: ClassVar[str]

    @abstractmethod
    def visible(self, actor: Actor) -> ColumnElement[bool]:
        """Which rows the actor may know about. The others do not exist for them: 404.

        The predicate is kept for all actors of one kind (`potluck.crud.prepared`): it compares
        columns with the actor's ids, and asks of them only whether there are any.
        """

    @abstractmethod
    def editable(self, actor: Actor) -> ColumnElement[bool]:
        """Which of the visible rows the actor may change. The others are refused: 403."""

    def query(self, actor: Actor) -> Select[Any]:
        """All rows the actor may see."""
        return select(self.model).where(self.visible(actor))

    async def get(self, session: AsyncSession, actor: Actor, id: UUID) -> M:
        """The row; raises `NotFound` when there is none that the actor may see."""
        statement, values = self._one(actor)
        found: M | None = await session.scalar(statement, values | {"id": id})
        if found is None:
            raise self.not_found()
        return found

    @prepared
    def _one(self, actor: Actor) -> Select[Any]:
        return self.query(actor).where(self.model.id == bindparam("id"))

    async def get_for_update(
        self,
        session: AsyncSession,
        actor: Actor,
        id: UUID,
        *,
        allowed: ColumnElement[bool] | None = None,
    ) -> M:
        """The row, locked until the unit of work ends.

        `allowed` stands in for `editable` where the action is another (deleting). Raises
        `NotFound`, or `Forbidden` when the actor may see it but not change it.
        """
        if allowed is None:
            statement, values = self._locked(actor)
        else:
            statement, values = self._with_lock(actor, allowed), {}
        row = (await session.execute(statement, values | {"id": id})).one_or_none()
        if row is None:
            raise self.not_found()
        if not row[1]:
            raise Forbidden(f"Your role in the household does not allow this for the {self.noun}.")
        found: M = row[0]
        return found

    @prepared
    def _locked(self, actor: Actor) -> Select[Any]:
        return self._with_lock(actor, self.editable(actor))

    def _with_lock(self, actor: Actor, may: ColumnElement[bool]) -> Select[Any]:
        statement: Select[*tuple[Any, ...]] = select(self.model, may)
        return (
            statement.where(self.model.id == bindparam("id"), self.visible(actor))
            # FOR NO KEY UPDATE: rows that refer to this one may be added all the while, so an edit
            # of a recipe and a rename of its tag do not wait for one another.
            .with_for_update(of=self.model, key_share=True)
        )

    async def page(
        self,
        session: AsyncSession,
        actor: Actor,
        request: PageRequest,
        *where: ColumnElement[bool],
        order: Order | None = None,
    ) -> tuple[list[M], str | None]:
        """One page of the rows the actor may see, newest first unless `order` says otherwise.

        Gives the rows and the cursor of the next page (None on the last).
        """
        order = order or Order(self.model.created_at, self.model.id, descending=True)
        rows, cursor = await fetch_page(session, self.query(actor).where(*where), order, request)
        return [row[0] for row in rows], cursor

    async def create(self, session: AsyncSession, data: C, *, now: datetime, **extra: Any) -> M:
        """A new row of the members of `data` and of `extra`, which wins."""
        values = data.model_dump() | extra
        entity = self.model(created_at=now, updated_at=now, **values)
        session.add(entity)
        await session.flush()
        return entity

    async def update(
        self, session: AsyncSession, entity: M, data: U | Mapping[str, Any], *, now: datetime
    ) -> M:
        """Sets the members sent; a row that stays as it was keeps its version and time."""
        changes = data.changes() if isinstance(data, Patch) else data
        for name, value in changes.items():
            setattr(entity, name, value)
        if session.is_modified(entity):
            entity.updated_at = now
        await session.flush()
        return entity

    async def remove(self, session: AsyncSession, entity: M) -> None:
        """Deletes the row, and what the database deletes with it."""
        await session.delete(entity)
        await session.flush()

    def not_found(self) -> NotFound:
        """The refusal for a row that is not there, or not for this actor."""
        return NotFound(f"There is no such {self.noun}, or it is not shared with you.")
