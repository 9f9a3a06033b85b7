"""The reader with its real child processes."""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from potluck.core.errors import AppError, NoRecipeFound, Unavailable
from potluck.services.children import PoolLimits
from potluck.services.children.child import Child
from potluck.services.page_reading import PageReader
from potluck.services.page_reading.deadline import limited
from potluck.services.page_reading.page_reader import PROGRAM
from tests.services.children.processes import limits_of, living, needs_proc
from tests.services.page_reading.pages import page

ROOT = str(Path(__file__).parents[3])
HEAVY = ("recipe_scrapers", "extruct", "bs4", "lxml", "nh3", "rdflib")
#: Reading this as a known site takes seconds: the library's parser is slow on open comments.
SLOW = "<!--" * 1_000_000
SLOW_URL = "https://www.allrecipes.com/recipe/1/"


@pytest.fixture
async def reader() -> AsyncIterator[PageReader]:
    async with PageReader(PoolLimits(children=1)) as reader:
        yield reader


#: Children of other readers in this test process: the app of other tests keeps its own warm.
_others: set[int] = set()


@pytest.fixture(autouse=True)
def only_children_of_this_test() -> None:
    """What runs already is not ours."""
    _others.clear()
    _others.update(children())


def children() -> set[int]:
    """Process ids of living children that read pages for this test."""
    return living(PROGRAM) - _others


class TestReading:
    async def test_a_page_comes_back_whole(self, reader: PageReader) -> None:
        recipe = await reader.read(page("json-ld"), "https://kitchen.example/plum-crumble")
        assert recipe.title == "Plum crumble"
        assert len(recipe.groups) == 2

    async def test_a_page_without_a_recipe_is_refused_with_what_to_do_next(
        self, reader: PageReader
    ) -> None:
        with pytest.raises(NoRecipeFound) as refusal:
            await reader.read("<p>words</p>", None)
        assert refusal.value.extra["next_step"]

    async def test_any_text_may_be_sent(self, reader: PageReader) -> None:
        for html in ("", "\x00", "\ud800", "é" * 10, "\n", '{"a": 1}'):
            with pytest.raises(NoRecipeFound):
                await reader.read(html, "https://a.example/\n\u2028")

    @needs_proc
    async def test_the_child_is_started_at_first_use_and_kept(self, reader: PageReader) -> None:
        assert children() == set()
        await reader.read(page("microdata"), None)
        first = children()
        await reader.read(page("microdata"), None)
        assert len(first) == 1
        assert children() == first


class TestWear:
    @needs_proc
    async def test_a_large_parent_does_not_wear_its_children_out(self, reader: PageReader) -> None:
        """Linux counts the memory of the parent as the child's own until it is asked otherwise."""
        ballast = bytearray(450_000_000)
        ballast[::4096] = b"x" * len(ballast[::4096])

        await reader.read(page("microdata"), None)

        assert len(children()) == 1


class TestFailure:
    @needs_proc
    async def test_a_child_that_was_killed_while_idle_is_replaced_unseen(
        self, reader: PageReader
    ) -> None:
        await reader.read(page("microdata"), None)
        os.kill(children().pop(), signal.SIGKILL)
        assert (await reader.read(page("microdata"), None)).title == "Linsensuppe"

    @needs_proc
    async def test_a_page_that_takes_too_long_is_refused_and_its_child_ended(self) -> None:
        async with PageReader(PoolLimits(children=1, wall_s=1.0)) as reader:
            with pytest.raises(NoRecipeFound, match="too long"):
                await reader.read(SLOW, SLOW_URL)
            assert children() == set()
            assert (await reader.read(page("microdata"), None)).title == "Linsensuppe"

    @needs_proc
    async def test_a_cancelled_caller_takes_its_child_along(self, reader: PageReader) -> None:
        await reader.read(page("microdata"), None)
        with anyio.move_on_after(0.5) as scope:
            await reader.read(SLOW, SLOW_URL)
        assert scope.cancelled_caught
        assert children() == set()
        assert (await reader.read(page("microdata"), None)).title == "Linsensuppe"


async def refused(reader: PageReader, html: str, refusal: type[AppError] = NoRecipeFound) -> None:
    with pytest.raises(refusal):
        await reader.read(html, SLOW_URL)


class TestClosing:
    @needs_proc
    async def test_no_process_and_no_warning_is_left(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            async with PageReader() as reader:
                async with anyio.create_task_group() as tasks:
                    for _ in range(3):
                        tasks.start_soon(reader.read, page("microdata"), None)
                assert len(children()) == 2
        assert children() == set()

    @needs_proc
    async def test_closing_ends_a_page_that_is_being_read(self) -> None:
        async with anyio.create_task_group() as tasks:
            async with PageReader(PoolLimits(children=1)) as reader:
                await reader.read(page("microdata"), None)
                tasks.start_soon(refused, reader, SLOW, Unavailable)
                await anyio.wait_all_tasks_blocked()
            assert children() == set()


class TestChild:
    @needs_proc
    async def test_it_gets_a_gibibyte_of_memory(self) -> None:
        child = await Child.start(PROGRAM)
        try:
            limits = limits_of(child.pid)
        finally:
            await child.stop()
        assert limits["Max address space"] == limits["Max data size"] == str(1 << 30)

    @needs_proc
    async def test_a_page_that_swells_is_refused_and_its_child_ended(self) -> None:
        async with PageReader(PoolLimits(children=1)) as reader:
            await refused(reader, "<b></b>" * 700_000)
            assert children() == set()
            assert (await reader.read(page("microdata"), None)).title == "Linsensuppe"

    def test_what_takes_too_long_is_left_and_the_rest_goes_on(self) -> None:
        with limited(0.05):
            while True:
                pass

    def test_the_parent_never_loads_what_parses(self) -> None:
        done = run_python(
            "import sys, potluck.services.page_reading, potluck.services.drafts\n"
            f"print([name for name in {HEAVY} if name in sys.modules])"
        )
        assert done.strip() == "[]"


def run_python(program: str) -> str:
    """What a program prints that runs in a process of its own, from the root of the project."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout
