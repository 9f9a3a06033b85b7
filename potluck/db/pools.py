"""Pools of connections that know how many callers wait, and how long they have waited."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry


@dataclass(frozen=True)
class PoolUse:
    """One pool as it is now, and what its callers have gone through since it was opened."""

    name: str
    size: int
    in_use: int
    waiting: int
    waits: int
    waited_s: float
    timeouts: int


class WatchedPool(AsyncAdaptedQueuePool):
    """For pools without overflow, as all of ours are: who finds every connection taken, waits."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting = 0
        self._waits = 0
        self._waited_s = 0.0
        self._timeouts = 0

    def _do_get(self) -> ConnectionPoolEntry:
        if self.checkedout() < self.size():
            return super()._do_get()
        self._waits += 1
        self._waiting += 1
        began_s = perf_counter()
        try:
            return super()._do_get()
        except PoolTimeoutError:
            self._timeouts += 1
            raise
        finally:
            self._waiting -= 1
            self._waited_s += perf_counter() - began_s

    def use(self, name: str) -> PoolUse:
        """What can be said of it, under the name it has among the others."""
        return PoolUse(
            name=name,
            size=self.size(),
            in_use=self.checkedout(),
            waiting=self._waiting,
            waits=self._waits,
            waited_s=self._waited_s,
            timeouts=self._timeouts,
        )
