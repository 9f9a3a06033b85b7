"""The parent's side: a few child processes that do one kind of work, replaced when they fail."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import anyio

from potluck.core.errors import Unavailable
from potluck.services.children.child import Child, ChildFailed


class WorkBroke(Exception):
    """A child ended over its task, or answered nonsense."""


class WorkOverran(Exception):
    """A child was ended because its task took longer than `wall_s`."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How much a `ChildPool` may use; times in seconds.

    `children` work at the same time, `waiting` callers may wait for them, each `queue_s` at most.
    A task has `wall_s`; a child has `start_s` to load its libraries, and is replaced after
    `tasks_per_child`. An old child that is gone within `at_once_s` after it was asked was gone
    before, and its task gets a new one.
    """

    children: int = 2
    waiting: int = 16
    queue_s: float = 30.0
    wall_s: float = 20.0
    start_s: float = 60.0
    tasks_per_child: int = 200
    at_once_s: float = 0.5


class ChildPool:
    """Does one kind of work in limited child processes; `what` is its plural for sentences.

    An async context manager. Children start at the first task and stay; one that fails, overruns
    or has done `tasks_per_child` tasks is replaced. A caller that is cancelled takes its child
    with it, so that nobody waits for work that no one wants.
    """

    def __init__(
        self, program: str, *arguments: str, what: str, limits: PoolLimits | None = None
    ) -> None:
        """`program` is the module that a child runs; `arguments` are its command line."""
        self._program = (program, *arguments)
        self._what = what
        self._limits = limits or PoolLimits()
        self._turns = anyio.Semaphore(self._limits.children)
        self._callers = 0
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends every child; tasks that are under way are refused."""
        self._is_open = False
        for child in self._busy:
            child.kill()
        with anyio.CancelScope(shield=True):
            # Who works gives its turn back when its child is gone; so all turns mean all are gone.
            for _ in range(self._limits.children):
                await self._turns.acquire()
            while self._idle:
                await self._idle.pop().stop()
        for _ in range(self._limits.children):
            self._turns.release()

    async def ask(self, request: bytes) -> bytes:
        """What a child answers to `request`.

        Raises WorkBroke and WorkOverran for failures of the task; Unavailable when too many wait,
        or too long, or the pool is closed.
        """
        if self._callers >= self._limits.children + self._limits.waiting:
            raise Unavailable(f"Too many {self._what} are being read; try again.", retry_after_s=5)
        self._callers += 1
        try:
            await self._take_turn()
            try:
                return await self._answer(request)
            finally:
                self._turns.release()
        finally:
            self._callers -= 1

    async def _take_turn(self) -> None:
        try:
            with anyio.fail_after(self._limits.queue_s):
                await self._turns.acquire()
        except TimeoutError as overrun:
            message = f"Other {self._what} are being read; try again."
            raise Unavailable(message, retry_after_s=5) from overrun

    async def _answer(self, request: bytes) -> bytes:
        """One answer, from a child that waits or else from a new one."""
        if self._idle:
            asked_at = anyio.current_time()
            try:
                return await self._use(self._idle.pop(), request)
            except ChildFailed as failure:
                self._refuse_when_closed()
                if anyio.current_time() - asked_at >= self._limits.at_once_s:
                    raise WorkBroke from failure
        try:
            return await self._use(await self._start(), request)
        except ChildFailed as failure:
            self._refuse_when_closed()
            raise WorkBroke from failure

    async def _start(self) -> Child:
        self._refuse_when_closed()
        try:
            with anyio.fail_after(self._limits.start_s):
                child = await Child.start(*self._program)
        except (OSError, TimeoutError, ChildFailed) as failure:
            raise Unavailable(f"The reader of {self._what} could not start.") from failure
        try:
            self._refuse_when_closed()
        except Unavailable:
            await child.stop()
            raise
        return child

    def _refuse_when_closed(self) -> None:
        if not self._is_open:
            raise Unavailable(f"Reading {self._what} is shut down.")

    async def _use(self, child: Child, request: bytes) -> bytes:
        """Asks and puts the child back; on any failure, overrun or cancellation it is killed."""
        is_good = False
        self._busy.add(child)
        try:
            with anyio.fail_after(self._limits.wall_s):
                answer = await child.ask(request)
            is_good = not child.is_worn and child.tasks < self._limits.tasks_per_child
        except TimeoutError as overrun:
            raise WorkOverran from overrun
        finally:
            self._busy.discard(child)
            if is_good and self._is_open:
                self._idle.append(child)
            else:
                with anyio.CancelScope(shield=True):
                    await child.stop()
        return answer
