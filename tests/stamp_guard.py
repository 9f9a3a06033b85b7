"""Notices units of work that change recipes and forget the stamp by which the feed orders them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from potluck.db.engines import Engines
from potluck.models import Recipe, RecipeClock

_CHANGE = re.compile(rf"(INSERT INTO|UPDATE) {Recipe.__tablename__}\b", re.IGNORECASE)
_STAMP = re.compile(rf"INSERT INTO {RecipeClock.__tablename__}\b", re.IGNORECASE)


class StampGuard:
    """`forgotten` are the changes that were committed without a stamp, in the database's words."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    @contextmanager
    def watching(self, engines: Engines) -> Iterator[None]:
        """Look at every unit of work."""
        engine = engines.write.sync_engine
        listeners = (
            ("before_cursor_execute", self._executes),
            ("commit", self._commits),
            ("rollback", self._ends),
        )
        for name, listener in listeners:
            event.listen(engine, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners:
                event.remove(engine, name, listener)

    def _executes(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if _CHANGE.match(statement):
            connection.info.setdefault("changes", []).append(statement[:80])
        elif _STAMP.match(statement):
            connection.info["is_stamped"] = True

    def _commits(self, connection: Connection) -> None:
        if not connection.info.get("is_stamped", False):
            self.forgotten += connection.info.get("changes", [])
        self._ends(connection)

    def _ends(self, connection: Connection) -> None:
        if connection.invalidated:
            return  # what it knew went with it
        connection.info.pop("changes", None)
        connection.info.pop("is_stamped", None)
