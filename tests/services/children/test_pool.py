"""The pool with real child processes, which do what they are told."""

import os
import signal
import sys
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from potluck.core.errors import Unavailable
from potluck.services.children import ChildPool, PoolLimits, WorkBroke, WorkOverran
from potluck.services.children.child import Child
from tests.services.children.processes import (
    environment_of,
    forget_peak,
    limits_of,
    living,
    needs_proc,
    peak_kb,
    wait_for_end,
)
from tests.services.children.program import LIMITS, PROGRAM

ROOT = str(Path(__file__).parents[3])


def a_pool(
    children: int = 1,
    *,
    waiting: int = 16,
    queue_s: float = 30.0,
    wall_s: float = 20.0,
    tasks_per_child: int = 200,
    at_once_s: float = 0.5,
) -> ChildPool:
    limits = PoolLimits(
        children=children,
        waiting=waiting,
        queue_s=queue_s,
        wall_s=wall_s,
        tasks_per_child=tasks_per_child,
        at_once_s=at_once_s,
    )
    return ChildPool(PROGRAM, what="orders", limits=limits)


def children() -> set[int]:
    return living(PROGRAM)


@pytest.fixture
async def pool() -> AsyncIterator[ChildPool]:
    async with a_pool() as pool:
        yield pool


async def refused(pool: ChildPool, order: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await pool.ask(order)


class TestWork:
    async def test_bytes_go_there_and_come_back(self, pool: ChildPool) -> None:
        for content in (b"", b"\x00", b"\xff" * 200_000):
            assert await pool.ask(b"echo " + content) == content

    @needs_proc
    async def test_the_child_is_started_at_first_use_and_kept(self, pool: ChildPool) -> None:
        assert children() == set()
        first = await pool.ask(b"pid")
        assert children() == {int(first)}
        assert await pool.ask(b"pid") == first

    @needs_proc
    async def test_it_is_replaced_after_its_share_of_tasks(self) -> None:
        async with a_pool(tasks_per_child=2) as pool:
            first, second, third = [await pool.ask(b"pid") for _ in range(3)]
        assert first == second != third

    @needs_proc
    async def test_a_child_that_says_it_is_worn_is_replaced(self, pool: ChildPool) -> None:
        assert await pool.ask(b"wear out") == b"out"
        assert children() == set()

    async def test_what_a_library_prints_is_no_part_of_an_answer(self, pool: ChildPool) -> None:
        assert await pool.ask(b"chatter yes") == b"yes"
        assert await pool.ask(b"write yes") == b"yes"

    @needs_proc
    async def test_large_work_is_not_held_twice_on_its_way(self, pool: ChildPool) -> None:
        await pool.ask(b"echo 1")
        request = b"swell 0 " + bytes(60_000_000)
        before_kb = forget_peak()
        await refused(pool, request, WorkBroke)  # which is no number, after all of it was read
        assert peak_kb() - before_kb < 20_000


class TestFailure:
    async def test_a_task_that_kills_its_child_is_refused_and_the_next_is_done(
        self, pool: ChildPool
    ) -> None:
        for order in (b"die", b"throw"):
            await refused(pool, order, WorkBroke)
            assert await pool.ask(b"echo on") == b"on"

    async def test_an_answer_longer_than_any_breaks_its_task(self, pool: ChildPool) -> None:
        await refused(pool, b"long 16000001", WorkBroke)
        await refused(pool, b"lie", WorkBroke)
        assert await pool.ask(b"echo on") == b"on"

    async def test_a_child_killed_while_idle_is_replaced_unseen(self, pool: ChildPool) -> None:
        os.kill(int(await pool.ask(b"pid")), signal.SIGKILL)
        assert await pool.ask(b"echo on") == b"on"

    async def test_a_child_that_dies_over_its_task_breaks_that_task_alone(self) -> None:
        async with a_pool(at_once_s=0) as pool:
            pid = int(await pool.ask(b"pid"))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(refused, pool, b"wait", WorkBroke)
                await anyio.wait_all_tasks_blocked()
                os.kill(pid, signal.SIGKILL)
            assert await pool.ask(b"echo on") == b"on"

    @needs_proc
    async def test_a_task_that_takes_too_long_is_ended_with_its_child(self) -> None:
        async with a_pool(wall_s=0.5) as pool:
            await refused(pool, b"wait", WorkOverran)
            assert children() == set()
            assert await pool.ask(b"echo on") == b"on"

    @needs_proc
    async def test_a_task_that_eats_processor_time_is_ended(self, pool: ChildPool) -> None:
        await refused(pool, b"spin", WorkBroke)
        assert children() == set()

    @needs_proc
    async def test_a_cancelled_caller_takes_its_child_along(self, pool: ChildPool) -> None:
        await pool.ask(b"echo on")
        with anyio.move_on_after(0.2) as scope:
            await pool.ask(b"wait")
        assert scope.cancelled_caught
        assert children() == set()
        assert await pool.ask(b"echo on") == b"on"


class TestWaiting:
    async def test_too_many_callers_are_refused_at_once(self) -> None:
        results: list[bytes] = []

        async def ask(pool: ChildPool) -> None:
            try:
                results.append(await pool.ask(b"echo done"))
            except Unavailable:
                results.append(b"refused")

        async with a_pool(waiting=1) as pool, anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(ask, pool)
        assert sorted(results) == [b"done", b"done", b"refused", b"refused"]

    async def test_nobody_waits_for_ever(self) -> None:
        async with a_pool(queue_s=0.1) as pool, anyio.create_task_group() as tasks:
            tasks.start_soon(pool.ask, b"wait")
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(Unavailable, match="Other orders are being read"):
                await pool.ask(b"echo on")
            tasks.cancel_scope.cancel()

    async def test_a_closed_pool_refuses(self) -> None:
        with pytest.raises(Unavailable, match="Reading orders is shut down"):
            await a_pool().ask(b"echo on")

    async def test_a_program_that_does_not_start_is_no_failure_of_the_task(self) -> None:
        async with ChildPool("tests.services.children.missing", what="orders") as pool:
            with pytest.raises(Unavailable, match="could not start"):
                await pool.ask(b"echo on")


class TestClosing:
    @needs_proc
    async def test_no_process_and_no_warning_is_left(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            async with a_pool(children=2) as pool:
                async with anyio.create_task_group() as tasks:
                    for _ in range(3):
                        tasks.start_soon(pool.ask, b"echo on")
                assert len(children()) == 2
        assert children() == set()

    @needs_proc
    async def test_closing_ends_a_task_that_is_under_way(self) -> None:
        async with anyio.create_task_group() as tasks:
            async with a_pool() as pool:
                await pool.ask(b"echo on")
                tasks.start_soon(refused, pool, b"wait", Unavailable)
                await anyio.wait_all_tasks_blocked()
            assert children() == set()

    @needs_proc
    async def test_a_child_ends_with_its_parent(self) -> None:
        program = (
            "import asyncio, os\n"
            "from potluck.services.children.child import Child\n"
            "async def main():\n"
            f"    print((await Child.start({PROGRAM!r})).pid, flush=True)\n"
            "    os._exit(0)\n"
            "asyncio.run(main())\n"
        )
        done = await anyio.run_process([sys.executable, "-c", program], cwd=ROOT)
        with anyio.fail_after(10):
            await wait_for_end(int(done.stdout))


class TestLimits:
    @needs_proc
    async def test_a_child_gets_no_environment_and_little_of_anything_else(self) -> None:
        child = await Child.start(PROGRAM)
        try:
            environment, limits = environment_of(child.pid), limits_of(child.pid)
        finally:
            await child.stop()
        assert environment == b"LANG=C.UTF-8\x00"
        assert limits["Max address space"] == limits["Max data size"] == str(LIMITS.memory_bytes)
        assert limits["Max core file size"] == limits["Max file size"] == "0"
        assert limits["Max open files"] == "32"

    async def test_it_inherits_no_open_file(self, pool: ChildPool, tmp_path: Path) -> None:
        with (tmp_path / "of-the-parent").open("w") as file:
            os.set_inheritable(file.fileno(), True)
            assert await pool.ask(b"open") == b"0 1 2 3"

    async def test_it_cannot_take_more_than_its_memory(self, pool: ChildPool) -> None:
        assert await pool.ask(b"swell 100000000") == b"had"
        assert await pool.ask(b"swell 300000000") == b"refused"
