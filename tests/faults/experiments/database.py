"""R-03, R-05, R-06, R-07: the database is restarted, away, slow, or has no connection left."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import psycopg

from tests.faults.checker import check
from tests.faults.clients import (
    API,
    RECIPES,
    Seen,
    at_work,
    create,
    sign_up,
    signed_in,
    writers,
)
from tests.faults.house import House
from tests.faults.journal import Journal
from tests.faults.places import Place
from tests.faults.report import Row
from tests.faults.tcp_proxy import Mode, tcp_proxy
from tests.serving import Server

#: Times in the rows are compared with three times what is asked for, because machines are busy.
SLACK = 3
#: What happens to the way to the server, and whether it can still serve.
MODES: dict[Mode, bool] = {"delay": True, "black hole": False, "reset": False}


@dataclass
class Health:
    """What liveness and readiness said, with the time of each answer."""

    live: list[tuple[float, int, float]] = field(default_factory=list)
    ready: list[tuple[float, int, float]] = field(default_factory=list)

    @property
    def is_alive(self) -> bool:
        return all(status == 200 for _, status, _ in self.live)

    @property
    def slowest_live_s(self) -> float:
        return max((took for *_, took in self.live), default=0.0)

    def said_between(self, start: float, end: float) -> set[int]:
        return {status for at, status, _ in self.ready if start <= at <= end}


@contextlib.asynccontextmanager
async def watched(server: Server) -> AsyncIterator[Health]:
    """Asks both probes ten times a second while the block runs."""
    health, stop = Health(), asyncio.Event()

    async def ask(path: str, into: list[tuple[float, int, float]]) -> None:
        while not stop.is_set():
            at = time.monotonic()
            try:
                status, _ = await asyncio.to_thread(server.get, path, 20.0)
            except OSError:
                status = 0
            into.append((at, status, time.monotonic() - at))
            await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as group:
        group.create_task(ask("/health/live", health.live))
        group.create_task(ask("/health/ready", health.ready))
        try:
            yield health
        finally:
            stop.set()


async def until_ready(server: Server, within_s: float = 30.0) -> float:
    """Seconds until readiness is green again."""
    since = time.monotonic()
    while time.monotonic() < since + within_s:
        with contextlib.suppress(OSError):
            if (await asyncio.to_thread(server.get, "/health/ready", 10.0))[0] == 200:
                return time.monotonic() - since
        await asyncio.sleep(0.05)
    return float("inf")


def is_felt(seen: Seen) -> bool:
    """Whether some were served, some got 503, and nobody got anything else."""
    return seen.good > 0 and set(seen.statuses) - {200, 201} == {503} and not seen.odd


async def restarted(place: Place, engine: str) -> Row:
    """R-03: one backend is killed, then the whole server crashes and comes back, under writes."""
    with place.house(engine) as house:
        path, server = house.folder / "journal", house.start()
        token = await sign_up(server.url)
        database = house.folder.name
        with Journal(path) as journal:
            async with watched(server) as health, writers(server.url, token, journal) as seen:
                await at_work(seen)
                place.postgres.kill_a_backend(database)
                await asyncio.sleep(place.amount(4, 1))
                await asyncio.to_thread(place.postgres.stop, "immediate")
                await asyncio.to_thread(place.postgres.start)
                back_s = await until_ready(server)
                await asyncio.sleep(place.amount(4, 1))
            async with writers(server.url, token, journal) as after:
                await asyncio.sleep(0.5)
        found = check(house, path)
    is_good = found.is_good and is_felt(seen) and health.is_alive
    return Row(
        "R-03",
        engine,
        "one backend killed -9, then the server crashed and started again, 4 writers",
        "only 503 with Retry-After, liveness green, recovers by itself, nothing lost",
        f"{seen}; ready {back_s:.1f} s after it was back; slowest answer {seen.slowest_s:.1f} s;"
        f" afterwards {after}; {found}",
        is_good and back_s < 5 * SLACK and after.good == after.total > 0,
    )


async def away(place: Place, engine: str) -> Row:
    """R-05: the server is stopped for some seconds under load."""
    away_s = place.amount(5, 2)
    with place.house(engine) as house:
        path, server = house.folder / "journal", house.start()
        token = await sign_up(server.url)
        with Journal(path) as journal:
            async with watched(server) as health, writers(server.url, token, journal) as seen:
                await at_work(seen)
                await asyncio.to_thread(place.postgres.stop, "fast")
                gone_at = time.monotonic()
                await asyncio.sleep(away_s)
                back_at = time.monotonic()
                await asyncio.to_thread(place.postgres.start)
                back_s = await until_ready(server)
                await asyncio.sleep(0.5)
        found = check(house, path)
    said = health.said_between(gone_at + 0.5, back_at)
    return Row(
        "R-05",
        engine,
        f"the server stopped for {away_s} s, 4 writers",
        "503 with Retry-After within 2.5 s, liveness 200, readiness 503, back within 3 s",
        f"{seen}; slowest answer {seen.slowest_s:.1f} s; liveness"
        f" {'200' if health.is_alive else 'red'}, readiness {said}; ready {back_s:.1f} s after it"
        f" was back; {found}",
        found.is_good
        and is_felt(seen)
        and health.is_alive
        and said == {503}
        and back_s < 3 * SLACK
        and seen.slowest_s < 2.5 * SLACK,
    )


async def silent(place: Place, engine: str) -> Row:
    """R-05, R-07: the way to the server is slow, then swallows everything, then resets."""
    met: dict[Mode, Seen] = {}
    async with tcp_proxy(place.postgres.socket) as proxy:
        with place.house(engine, DATABASE__STATEMENT_TIMEOUT_S="2") as house:
            direct = house.database_url
            house.database_url = f"postgresql://potluck@127.0.0.1:{proxy.port}/{house.folder.name}"
            path, server = house.folder / "journal", house.launch("--migrate")
            # In a thread: the proxy, which the start goes through, is at work on this loop.
            await asyncio.to_thread(server.wait_until_ready)
            token = await sign_up(server.url)
            with Journal(path) as journal:
                async with watched(server) as health:
                    for mode in MODES:
                        proxy.mode = mode
                        async with writers(server.url, token, journal, 2) as met[mode]:
                            await asyncio.sleep(1.0)
                    proxy.mode = "pass"
                    await until_ready(server)
                    async with writers(server.url, token, journal, 2) as after:
                        await asyncio.sleep(0.5)
            house.database_url = direct
            found = check(house, path)
    return Row(
        "R-07",
        engine,
        "the way to the server delays 50 ms, swallows everything, resets",
        "answers or 503 within 6 s each (statement 2 s, connecting 3 s); liveness green; recovers",
        "; ".join(f"{mode}: {seen}, slowest {seen.slowest_s:.1f} s" for mode, seen in met.items())
        + f"; afterwards {after}; liveness slowest {health.slowest_live_s:.2f} s; {found}",
        all(is_as_expected(seen, is_served=MODES[mode]) for mode, seen in met.items())
        and after.good == after.total > 0
        and health.is_alive
        and found.is_good,
    )


def is_as_expected(seen: Seen, *, is_served: bool) -> bool:
    """Whether all were answered with what they asked for, or all with 503, in time."""
    wanted = {200, 201} if is_served else {503}
    statuses = set(seen.statuses)
    return bool(statuses) and statuses <= wanted and not seen.odd and seen.slowest_s < 6 * SLACK


@contextlib.contextmanager
def held_lock(house: House) -> Iterator[None]:
    """Another program holds what every recipe change needs."""
    if house.engine == "sqlite":
        with closing(sqlite3.connect(house.sqlite_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    assert house.database_url
    with psycopg.connect(house.database_url) as connection:
        connection.execute("SELECT * FROM recipe_clock FOR UPDATE")
        yield
        connection.rollback()


async def exhausted(place: Place, engine: str) -> Row:
    """R-06: a lock is held by another program while far more clients write than there are
    connections; readers and probes go on.
    """
    writing = place.amount(100, 20)
    settings = {
        "DATABASE__POOL_SIZE": "5",
        "DATABASE__POOL_TIMEOUT_S": "1",
        "DATABASE__LOCK_TIMEOUT_S": "1",
    }
    with place.house(engine, **settings) as house:
        server = house.start()
        token = await sign_up(server.url)
        path = house.folder / "journal"
        seen = Seen()
        with Journal(path) as journal:
            async with writers(server.url, token, journal, 1):
                await asyncio.sleep(0.2)  # the clock of the feed is there from the first recipe on
            async with (
                watched(server) as health,
                signed_in(server.url, token, connections=writing) as client,
            ):
                with held_lock(house):
                    await asyncio.gather(*(create(client, journal, seen) for _ in range(writing)))
                    if engine == "sqlite":  # readers of SQLite wait for no writer
                        assert (await client.get(RECIPES)).status_code == 200
                since = time.monotonic()
                assert (await client.get(f"{API}/auth/me")).status_code == 200
                healed_s = time.monotonic() - since
            async with writers(server.url, token, journal) as after:
                await asyncio.sleep(0.5)
        leaked = place.postgres.connections(house.folder.name) if engine != "sqlite" else 0
        found = check(house, path)
    return Row(
        "R-06",
        engine,
        f"{writing} writers at once while another program holds the lock; 5 connections",
        "503 with Retry-After after lock_timeout or pool_timeout (1 s each), probes answer,"
        " well afterwards, no connection leaked",
        f"{seen}; slowest {seen.slowest_s:.1f} s; slowest liveness {health.slowest_live_s:.2f}"
        f" s; then healed in {healed_s:.2f} s, {after}; {leaked} connections leaked; {found}",
        not seen.odd
        and set(seen.statuses) == {503}
        and health.is_alive
        and seen.slowest_s < 2 * SLACK
        and after.good == after.total > 0
        and leaked == 0
        and found.is_good,
    )
