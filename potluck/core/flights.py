"""Work that several callers want at the same moment is done once."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


@dataclass
class _Flight(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class Flights(Generic[K, T]):
    """One call at a time for each key; whoever asks while it is under way shares its outcome.

    A caller that gives up leaves the others what they wait for. When the last one gives up, the
    call is cancelled, and has ended before that caller goes on: nothing runs for nobody.
    """

    def __init__(self) -> None:
        self._flights: dict[K, _Flight[T]] = {}

    async def join(self, key: K, start: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The outcome of the call under way for `key`, or of `start()`; raises what it raises."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.create_task(start()))
        flight.waiting += 1
        try:
            # Unlike awaiting the task, this does not cancel it when the caller is cancelled.
            await asyncio.wait([flight.task])
            return flight.task.result()
        finally:
            flight.waiting -= 1
            if flight.task.done() or not flight.waiting:
                self._forget(key, flight)
            if not flight.waiting and not flight.task.done():
                flight.task.cancel()
                await asyncio.gather(flight.task, return_exceptions=True)

    def _forget(self, key: K, flight: _Flight[T]) -> None:
        """Let the next caller start anew."""
        if self._flights.get(key) is flight:
            del self._flights[key]
