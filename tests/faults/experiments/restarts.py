"""R-13 and R-14: a process behind nginx is told to stop, or killed, while people use it."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from tests.faults.house import House
from tests.faults.journal import Journal, attempts
from tests.faults.nginx import Nginx, NoNginx, nginx
from tests.faults.places import Place
from tests.faults.report import Row, skipped
from tests.serving import Server

DRAIN_S = 1.0
#: What waited for a restart is served, however long the queue: R-06 is about queues.
PATIENT = {
    "DATABASE__POOL_TIMEOUT_S": "30",
    "DATABASE__LOCK_TIMEOUT_S": "30",
    "DATABASE__STATEMENT_TIMEOUT_S": "60",
}
WAITS = "waits for connections and locks 30 s"
AS_SHIPPED = "all waits as shipped"

#: New recipes that are asked for right before a process is killed, so that it has some in hand.
AT_THE_KILL = 32
Make = Callable[[httpx2.AsyncClient, Journal, Seen], Coroutine[Any, Any, Any]]


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
class Met:
    """What the readers and the writers of a load met."""

    gets: Seen = field(default_factory=Seen)
    posts: Seen = field(default_factory=Seen)

    @property
    def total(self) -> int:
        return self.gets.total + self.posts.total

    @property
    def failed(self) -> int:
        return self.total - self.gets.good - self.posts.good

    @property
    def sent_away(self) -> int:
        """How many got 503 with Retry-After."""
        if self.gets.odd or self.posts.odd:
            return 0
        return self.gets.statuses.get(503, 0) + self.posts.statuses.get(503, 0)

    @property
    def slowest_s(self) -> float:
        return max(self.gets.slowest_s, self.posts.slowest_s)

    def __str__(self) -> str:
        return f"{self.failed} of {self.total} failed (GET {self.gets}; POST {self.posts})"


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


@contextlib.contextmanager
def served(house: House) -> Iterator[tuple[list[Replica], list[Server], Nginx]]:
    """The replicas, the processes that are ready, and nginx before them; raises NoNginx."""
    with replicas(house) as team:
        servers = [one.launch("--migrate") for one in team]
        for server in servers:
            server.wait_until_ready()
        with nginx(house.folder / "nginx", [one.port for one in team]) as door:
            yield team, servers, door


@contextlib.asynccontextmanager
async def used(
    door: Nginx, path: Path, met: Met, load: Load, *, with_keys: bool = False
) -> AsyncIterator[Callable[[], Any]]:
    """The block runs in the middle of a load, which goes on to its end; gives what adds a POST.

    `with_keys`: a POST has an Idempotency-Key and is sent again until it is answered.
    """
    token = await sign_up(door.url)
    with Journal(path) as journal:
        async with signed_in(door.url, token, connections=64, timeout=60.0) as client:
            made = await create(client, journal, met.posts)
            assert made, met.posts
            make = create_for_sure if with_keys else create
            async with asyncio.TaskGroup() as group:
                group.create_task(use(client, journal, met, load, made["id"], make))
                await asyncio.sleep(load.seconds * 0.3)
                yield lambda: group.create_task(make(client, journal, met.posts))


async def use(
    client: httpx2.AsyncClient, journal: Journal, met: Met, load: Load, id: str, make: Make
) -> None:
    """GETs and POSTs at a steady rate; each is sent when its time has come.

    Two and two: nginx goes round its backends, so that in turns one would get every POST.
    """
    started = time.monotonic()

    async def read() -> None:
        since = time.monotonic()
        try:
            met.gets.note(await client.get(f"{RECIPES}/{id}"), since)
        except BROKEN:
            met.gets.note(None, since)

    async with asyncio.TaskGroup() as group:
        for number in range(load.requests):
            await asyncio.sleep(max(0.0, started + number / load.per_second - time.monotonic()))
            group.create_task(read() if number % 4 < 2 else make(client, journal, met.posts))


async def watch(server: Server) -> list[int]:
    """What readiness says, at the process itself, until nobody answers."""
    said = []
    with contextlib.suppress(OSError):
        while True:
            said.append((await asyncio.to_thread(server.get, "/health/ready", 20.0))[0])
            await asyncio.sleep(0.05)
    return said


async def told_to_stop(place: Place, engine: str) -> Row:
    """R-13: SIGTERM under load behind nginx; the process is started again when it has ended."""
    return await _restart(place, engine, WAITS, "0 failed", PATIENT)


async def told_to_stop_as_shipped(place: Place, engine: str) -> Row:
    """R-13: the same with the waits that are shipped, which a long queue outlasts."""
    return await _restart(place, engine, AS_SHIPPED, "0 failed but for 503 with Retry-After", {})


async def _restart(
    place: Place, engine: str, waits: str, wanted: str, settings: Mapping[str, str]
) -> Row:
    load = Load.of(place)
    what = f"SIGTERM behind nginx under {load.per_second} requests/s, then started again; {waits}"
    try:
        with place.house(engine, **settings, SERVER__DRAIN_S=str(DRAIN_S)) as house:
            seen, is_good = await _told_to_stop(house, load, is_patient=bool(settings))
    except NoNginx as error:
        return skipped("R-13", engine, what, str(error))
    expected = f"{wanted}, red before the socket closes, ends within the drain"
    return Row("R-13", engine, what, expected, seen, is_good)


async def _told_to_stop(house: House, load: Load, *, is_patient: bool) -> tuple[str, bool]:
    met, said = Met(), ["unwatched"]
    path = house.folder / "journal"
    with served(house) as (team, (first, *_), door):
        async with used(door, path, met, load):
            # A socket that was handed over stays open: nobody can ask that process alone.
            watching = None if team[0].handed else asyncio.create_task(watch(first))
            await asyncio.sleep(0.06)
            told_at = time.monotonic()
            first.terminate()
            await asyncio.to_thread(first.end)
            took_s = time.monotonic() - told_at
            if watching:
                said = [str(status) for status in await watching]
            again = team[0].launch()
        await asyncio.to_thread(again.wait_until_ready)
    found = check(house, path)
    seen = (
        f"{met}; ended after {took_s:.1f} s; longest answer {met.slowest_s:.1f} s; readiness"
        f" {', '.join(sorted(set(said)))}; {found}"
    )
    is_good = (
        met.total == load.requests + 1  # and the recipe that is read
        and met.failed == (0 if is_patient else met.sent_away) < met.total / 2
        and found.is_good
        and (said == ["unwatched"] or said[-1] == "503")
        and took_s < 3 * (DRAIN_S + met.slowest_s)
    )
    return seen, is_good


async def killed(place: Place, engine: str) -> Row:
    """kill -9 of one of two replicas: what it had in its hands fails, nothing is done twice."""
    load = Load.of(place)
    what = f"kill -9 of one of two replicas behind nginx, {load.requests} requests"
    expected = "only POSTs in flight fail, no GET, nothing done twice; with a key nothing fails"
    try:
        with place.house(engine, **PATIENT) as house, served(house) as (team, servers, door):
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
        f"{what}; {WAITS}",
        expected,
        f"without keys {plain[0]}; with keys and retries {keyed[0]}",
        plain[1] and keyed[1],
    )


async def _kill_one(
    house: House, door: Nginx, victim: Server, load: Load, *, with_keys: bool
) -> tuple[str, bool]:
    path, met = house.folder / f"journal-{with_keys}", Met()
    async with used(door, path, met, load, with_keys=with_keys) as post:
        for _ in range(AT_THE_KILL):
            post()
        await asyncio.sleep(0.05)
        in_flight = sum(not each.answers for each in attempts(path))
        victim.kill()
    found = check(house, path)
    allowed = 0 if with_keys else in_flight
    return (
        f"{met}, {in_flight} POSTs in flight; {found}",
        met.total == load.requests + 1 + AT_THE_KILL
        and in_flight > 0
        and met.gets.good == met.gets.total
        and met.failed <= allowed
        and found.is_good,
    )
