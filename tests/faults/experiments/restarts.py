"""R-13 and R-14: a process behind nginx is told to stop, or killed, while people use it."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2

from tests.faults.checker import check
from tests.faults.clients import (
    BROKEN,
    RECIPES,
    Seen,
    create,
    create_for_sure,
    sign_up,
    signed_in,
)
from tests.faults.house import House, Server
from tests.faults.journal import Journal
from tests.faults.nginx import Nginx, NoNginx, nginx
from tests.faults.places import Place
from tests.faults.report import Row, skipped

DRAIN_S = 1.0
#: What waited for a restart is served, however long the queue: R-06 is about queues.
PATIENT = {
    "DATABASE__POOL_TIMEOUT_S": "30",
    "DATABASE__LOCK_TIMEOUT_S": "30",
    "DATABASE__STATEMENT_TIMEOUT_S": "60",
}


@dataclass(frozen=True)
class Load:
    """So many requests at such a rate."""

    requests: int
    per_second: int

    @classmethod
    def of(cls, place: Place) -> "Load":
        """The one of the full run, or of a sample."""
        return cls(place.amount(600, 80), place.amount(60, 20))

    @property
    def seconds(self) -> float:
        return self.requests / self.per_second


@dataclass
class Replica:
    """A process that can be started again on the port, or at the socket, that it had."""

    house: House
    port: int
    handed: socket.socket | None = None

    def launch(self, *flags: str) -> Server:
        if self.handed is None:
            return self.house.launch(*flags, port=self.port)
        number = self.handed.fileno()
        script = f'LISTEN_PID=$$ exec "$@" 3<&{number}'
        return self.house.launch(
            *flags,
            port=self.port,
            before=("bash", "-c", script, "bash"),
            more={"LISTEN_FDS": "1"},
            pass_fds=[number],
        )


@contextlib.contextmanager
def replicas(house: House) -> Iterator[list[Replica]]:
    """SQLite: one process at a socket that outlives it. PostgreSQL: two processes."""
    if house.engine == "sqlite":
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as handed:
            yield [Replica(house, handed.getsockname()[1], handed)]
        return
    ports = []
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            probe = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            ports.append(probe.getsockname()[1])
    yield [Replica(house, port) for port in ports]


async def use(
    client: httpx2.AsyncClient,
    journal: Journal,
    seen: Seen,
    load: Load,
    id: str,
    *,
    with_keys: bool = False,
) -> None:
    """GETs and POSTs by turns at a steady rate; each is sent when its time has come.

    `with_keys`: a POST has an Idempotency-Key and is sent again until it is answered.
    """
    started = time.monotonic()

    async def read() -> None:
        since = time.monotonic()
        try:
            seen.note(await client.get(f"{RECIPES}/{id}"), since)
        except BROKEN as error:
            seen.odd.append(f"GET {type(error).__name__}")
            seen.note(None, since)

    async with asyncio.TaskGroup() as group:
        for number in range(load.requests):
            await asyncio.sleep(max(0.0, started + number / load.per_second - time.monotonic()))
            if number % 2:
                group.create_task(read())
            elif with_keys:
                group.create_task(create_for_sure(client, journal, seen))
            else:
                group.create_task(create(client, journal, seen))


async def watch(server: Server, states: list[tuple[float, int]]) -> None:
    """What readiness says, at the process itself, until nobody answers."""
    while True:
        try:
            status, _ = await asyncio.to_thread(server.get, "/health/ready", 20.0)
        except OSError:
            states.append((time.monotonic(), 0))
            return
        states.append((time.monotonic(), status))
        await asyncio.sleep(0.05)


async def told_to_stop(place: Place, engine: str) -> Row:
    """SIGTERM under load behind nginx; the process is started again when it has ended."""
    load = Load.of(place)
    what = f"SIGTERM behind nginx under {load.per_second} requests/s, then started again"
    expected = f"0 of {load.requests} failed, red before the socket closes, ends within the drain"
    try:
        with place.house(engine, **PATIENT, SERVER__DRAIN_S=str(DRAIN_S)) as house:
            return await _told_to_stop(house, engine, load, what, expected)
    except NoNginx as error:
        return skipped("R-13", engine, what, str(error))


async def _told_to_stop(house: House, engine: str, amount: Load, what: str, expected: str) -> Row:
    seen, states = Seen(), list[tuple[float, int]]()
    path = house.folder / "journal"
    async with contextlib.AsyncExitStack() as inner:
        stack = inner.enter_context(contextlib.ExitStack())
        journal = stack.enter_context(Journal(path))
        team = stack.enter_context(replicas(house))
        first, *others = [one.launch("--migrate") for one in team]
        for server in (first, *others):
            await asyncio.to_thread(server.wait_until_ready)
        door = stack.enter_context(nginx(house.folder / "nginx", [one.port for one in team]))
        token = await sign_up(door.url)
        client = await inner.enter_async_context(
            signed_in(door.url, token, connections=64, timeout=60.0)
        )
        made = await create(client, journal, seen)
        assert made, seen.odd
        using = asyncio.create_task(use(client, journal, seen, amount, made["id"]))
        await asyncio.sleep(amount.seconds * 0.3)
        told_at = time.monotonic()
        watching = None
        if team[0].handed is None:
            watching = asyncio.create_task(watch(first, states))
            await asyncio.sleep(0.06)
        first.terminate()
        await asyncio.to_thread(first.end)
        took_s = time.monotonic() - told_at
        again = team[0].launch()
        await asyncio.gather(using, *([watching] if watching else []))
        await asyncio.to_thread(again.wait_until_ready)
    found = check(house, path)
    red = [status for _, status in states]
    is_red_first = watching is None or 503 in red[: red.index(0) if 0 in red else None]
    failed = seen.total - seen.good
    return Row(
        "R-13",
        engine,
        what,
        expected,
        f"{failed} of {amount.requests} failed ({seen}); ended after {took_s:.1f} s;"
        f" longest answer {max(seen.seconds):.1f} s; readiness {sorted(set(red)) or 'unwatched'};"
        f" {found}" + (f"; {seen.odd[0]}" if seen.odd else ""),
        failed == 0
        and found.is_good
        and is_red_first
        and took_s < 3 * (DRAIN_S + max(seen.seconds)),
    )


async def killed(place: Place, engine: str) -> Row:
    """kill -9 of one of two replicas: what it had in its hands fails, nothing is done twice."""
    load = Load.of(place)
    what = f"kill -9 of one of two replicas behind nginx, {load.requests} requests"
    expected = "only POSTs in flight fail, no GET, nothing done twice; with a key nothing fails"
    try:
        with place.house(engine, **PATIENT) as house, contextlib.ExitStack() as stack:
            team = stack.enter_context(replicas(house))
            servers = [one.launch("--migrate") for one in team]
            for server in servers:
                await asyncio.to_thread(server.wait_until_ready)
            door = stack.enter_context(nginx(house.folder / "nginx", [one.port for one in team]))
            plain = await _kill_one(house, door, servers[0], load, with_keys=False)
            keyed = ("left to the full run", True)  # a dead process keeps its key for 30 s
            if place.is_full:
                again = team[0].launch()
                await asyncio.to_thread(again.wait_until_ready)
                keyed = await _kill_one(house, door, again, load, with_keys=True)
    except NoNginx as error:
        return skipped("R-14", engine, what, str(error))
    return Row(
        "R-14",
        engine,
        what,
        expected,
        f"without keys {plain[0]}; with keys and retries {keyed[0]}",
        plain[1] and keyed[1],
    )


async def _kill_one(
    house: House, door: Nginx, victim: Server, load: Load, *, with_keys: bool
) -> tuple[str, bool]:
    path = house.folder / f"journal-{with_keys}"
    seen = Seen()
    token = await sign_up(door.url)
    with Journal(path) as journal:
        async with signed_in(door.url, token, connections=64, timeout=60.0) as client:
            made = await create(client, journal, seen)
            assert made, seen.odd
            using = asyncio.create_task(
                use(client, journal, seen, load, made["id"], with_keys=with_keys)
            )
            await asyncio.sleep(load.seconds * 0.4)
            victim.kill()
            await using
    found = check(house, path)
    failed_gets = sum(1 for each in seen.odd if each.startswith("GET"))
    posts = seen.total - seen.good
    is_good = found.is_good and not failed_gets and posts <= (0 if with_keys else 64)
    return f"{posts} of {seen.total} failed ({seen}), {found}", is_good
