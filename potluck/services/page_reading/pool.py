"""The parent's side: a few child processes that read pages, replaced when they fail."""

import contextlib
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
    """How much a `PageReader` may use; times in seconds."""

    children: int = 2
    waiting: int = 20
    wall_s: float = 20.0
    start_s: float = 60.0
    pages_per_child: int = 200


class PageReader:
    """Reads recipes out of pages, each in a limited child process.

    An async context manager. Children start at the first page and stay; one that fails, overruns
    or has read `pages_per_child` pages is replaced. A caller that is cancelled takes its child
    with it, so that nobody waits for work that no one wants.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._turns = anyio.Semaphore(self._limits.children)
        self._waiting = 0
        self._idle: list[Child] = []
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
        self._is_open = False
        with anyio.CancelScope(shield=True):
            while self._idle:
                await self._idle.pop().stop()

    async def read(self, html: str, url: str | None) -> PageRecipe:
        """The recipe of a page fetched from `url` (None: pasted).

        Raises NoRecipeFound for every failure of the page, Unavailable when too many wait.
        """
        if not self._is_open:
            raise Unavailable("Page reading is shut down.")
        if self._waiting >= self._limits.children + self._limits.waiting:
            raise Unavailable("Too many pages are being read; try again.", retry_after_s=5)
        self._waiting += 1
        try:
            async with self._turns:
                return _recipe_of(await self._ask(frames.request(html, url)))
        finally:
            self._waiting -= 1

    async def _ask(self, payload: bytes) -> dict[str, Any]:
        """One reply; a child that was found dead after its last page is replaced once."""
        child = self._take_idle()
        if child is not None:
            with contextlib.suppress(ChildFailed):
                return await self._use(child, payload)
        try:
            return await self._use(await self._start(), payload)
        except ChildFailed as failure:
            raise NoRecipeFound(_BROKE) from failure

    def _take_idle(self) -> Child | None:
        return self._idle.pop() if self._idle else None

    async def _start(self) -> Child:
        try:
            with anyio.fail_after(self._limits.start_s):
                return await Child.start()
        except (OSError, TimeoutError, ChildFailed) as failure:
            raise Unavailable("The page reader could not start.") from failure

    async def _use(self, child: Child, payload: bytes) -> dict[str, Any]:
        """Asks and puts the child back; on any failure, overrun or cancellation it is killed."""
        is_good = False
        try:
            with anyio.fail_after(self._limits.wall_s):
                reply = await child.ask(payload)
            is_good = not child.is_worn and child.pages < self._limits.pages_per_child
        except TimeoutError as overrun:
            raise NoRecipeFound(_TOO_LONG) from overrun
        finally:
            if is_good and self._is_open:
                self._idle.append(child)
            else:
                with anyio.CancelScope(shield=True):
                    await child.stop()
        return reply


def _recipe_of(members: dict[str, Any]) -> PageRecipe:
    """The recipe of a reply; what is no reply of ours counts as a page that broke the child."""
    try:
        if "recipe" in members:
            return PageRecipe.from_plain(members["recipe"])
        detail = str(members["refused"])
    except (ValueError, KeyError, TypeError, ArithmeticError) as nonsense:
        raise NoRecipeFound(_BROKE) from nonsense
    raise NoRecipeFound(detail)
