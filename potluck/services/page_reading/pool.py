"""The parent's side: a few child processes that read pages, replaced when they fail."""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import anyio

from potluck.core.errors import NoRecipeFound, Unavailable
from potluck.domain.page_recipe import PageRecipe
from potluck.services.page_reading import frames
from potluck.services.page_reading.child import Child, ChildFailed

_TOO_LONG = "Reading the page took too long."
_BROKE = "The page could not be understood."


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a `PageReader` may use; times in seconds.

    `children` read at the same time, `waiting` callers may wait for them, each `queue_s` at most.
    A page has `wall_s`; a child has `start_s` to load its libraries, and is replaced after
    `pages_per_child`. An old child that is gone within `at_once_s` after it was asked was gone
    before, and its page gets a new one.
    """

    children: int = 2
    waiting: int = 16
    queue_s: float = 30.0
    wall_s: float = 20.0
    start_s: float = 60.0
    pages_per_child: int = 200
    at_once_s: float = 0.5


class PageReader:
    """Reads recipes out of pages, each in a limited child process.

    An async context manager. Children start at the first page and stay; one that fails, overruns
    or has read `pages_per_child` pages is replaced. A caller that is cancelled takes its child
    with it, so that nobody waits for work that no one wants.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
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
        """Ends every child; pages that are being read are refused."""
        self._is_open = False
        for child in self._busy:
            child.kill()
        with anyio.CancelScope(shield=True):
            # Who reads gives its turn back when its child is gone; so all turns mean all are gone.
            for _ in range(self._limits.children):
                await self._turns.acquire()
            while self._idle:
                await self._idle.pop().stop()
        for _ in range(self._limits.children):
            self._turns.release()

    async def read(self, html: str, url: str | None) -> PageRecipe:
        """The recipe of a page fetched from `url` (None: pasted).

        Raises NoRecipeFound for every failure of the page; Unavailable when too many wait, or too
        long, or the reader is closed.
        """
        if self._callers >= self._limits.children + self._limits.waiting:
            raise Unavailable("Too many pages are being read; try again.", retry_after_s=5)
        self._callers += 1
        try:
            await self._take_turn()
            try:
                return _recipe_of(await self._ask(frames.request(html, url)))
            finally:
                self._turns.release()
        finally:
            self._callers -= 1

    async def _take_turn(self) -> None:
        try:
            with anyio.fail_after(self._limits.queue_s):
                await self._turns.acquire()
        except TimeoutError as overrun:
            message = "Other pages are being read; try again."
            raise Unavailable(message, retry_after_s=5) from overrun

    async def _ask(self, payload: bytes) -> dict[str, Any]:
        """One reply, from a child that waits or else from a new one."""
        if self._idle:
            asked_at = anyio.current_time()
            try:
                return await self._use(self._idle.pop(), payload)
            except ChildFailed as failure:
                self._refuse_when_closed()
                if anyio.current_time() - asked_at >= self._limits.at_once_s:
                    raise NoRecipeFound(_BROKE) from failure
        try:
            return await self._use(await self._start(), payload)
        except ChildFailed as failure:
            self._refuse_when_closed()
            raise NoRecipeFound(_BROKE) from failure

    async def _start(self) -> Child:
        self._refuse_when_closed()
        try:
            with anyio.fail_after(self._limits.start_s):
                child = await Child.start()
        except (OSError, TimeoutError, ChildFailed) as failure:
            raise Unavailable("The page reader could not start.") from failure
        try:
            self._refuse_when_closed()
        except Unavailable:
            await child.stop()
            raise
        return child

    def _refuse_when_closed(self) -> None:
        if not self._is_open:
            raise Unavailable("Page reading is shut down.")

    async def _use(self, child: Child, payload: bytes) -> dict[str, Any]:
        """Asks and puts the child back; on any failure, overrun or cancellation it is killed."""
        is_good = False
        self._busy.add(child)
        try:
            with anyio.fail_after(self._limits.wall_s):
                members = await child.ask(payload)
            is_good = not child.is_worn and child.pages < self._limits.pages_per_child
        except TimeoutError as overrun:
            raise NoRecipeFound(_TOO_LONG) from overrun
        finally:
            self._busy.discard(child)
            if is_good and self._is_open:
                self._idle.append(child)
            else:
                with anyio.CancelScope(shield=True):
                    await child.stop()
        return members


def _recipe_of(members: dict[str, Any]) -> PageRecipe:
    """The recipe of a reply; what is no reply of ours counts as a page that broke the child."""
    try:
        if "recipe" in members:
            return PageRecipe.from_plain(members["recipe"])
        detail = str(members["refused"])
    except (ValueError, KeyError, TypeError, ArithmeticError) as nonsense:
        raise NoRecipeFound(_BROKE) from nonsense
    raise NoRecipeFound(detail)
