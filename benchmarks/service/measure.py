"""Runs the scenarios against a server and takes the figures."""

import asyncio
import json
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.service import cook, load, recorded, scenarios
from benchmarks.service.scenarios import API, Asker, Scenario
from benchmarks.service.server import Server, started
from benchmarks.shelves import Shelf

SHIPPED = ("-m", "potluck", "serve")
WITH_STATIC = ("-m", "benchmarks.service.serve", "benchmarks.service.app:with_static")
RAW = ("-m", "benchmarks.service.serve", "benchmarks.service.raw:create")
ANSWERS = "answers.json"
COLD_STARTS = 5
ETAG = re.compile(rb"\r\netag: (.*)\r\n")
COOKIE = re.compile(rb"\r\nset-cookie: ([^;\r]*)")
FORM_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
WARM_UP_S = 0.5
LOGINS = 8


@dataclass(frozen=True)
class Figures:
    """Of one scenario: CPU milliseconds a request, requests a second, milliseconds, bytes.

    `x_yardstick` is its CPU in times of what the yardstick took right before it, as a machine
    that does other work as well is slower at one moment than at another.
    """

    cpu_ms: float
    x_yardstick: float
    per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    body_bytes: int


@dataclass(frozen=True)
class Footing:
    """Of a process: seconds to the first answer, megabytes idle and after all load."""

    cold_start_s: float
    idle_mb: float
    loaded_mb: float
    logins_p99: float


@dataclass(frozen=True)
class Pace:
    """How long is measured, and how often."""

    seconds: float
    repeats: int
    only: list[str]


@dataclass(frozen=True)
class Result:
    """Everything about one database."""

    figures: dict[str, Figures]
    raw: dict[str, Figures]
    footing: Footing


async def measured(shelf: Shelf, pace: Pace) -> Result:
    """Serve the database, and ask everything of it."""
    someone = await cook.prepared(shelf.settings)
    environment, folder = environment_of(shelf), shelf.settings.data_dir
    starts = [await _cold_start(environment, folder) for _ in range(COLD_STARTS)]
    async with started(WITH_STATIC, environment, folder) as server:
        await asyncio.sleep(1)
        idle_mb = server.rss_mb()
        asker = await signed_in(server, someone)
        wanted = [each for each in asker.all() if _is_wanted(each, pace)]
        static = wanted[0]
        figures, answers = {}, {}
        for each in wanted:
            answers[each.name] = await recorded.answer(server.port, each)
            figures[each.name] = await take(server, each, static, pace)
        logins_p99 = await _beside_logins(server, asker, pace)
        loaded_mb = server.rss_mb()
    raw = await _of_raw(wanted, answers, environment, folder, pace)
    footing = Footing(statistics.median(starts), idle_mb, loaded_mb, logins_p99)
    return Result(figures, raw, footing)


async def _of_raw(
    wanted: Sequence[Scenario],
    answers: Mapping[str, recorded.Answer],
    environment: Mapping[str, str],
    folder: Path,
    pace: Pace,
) -> dict[str, Figures]:
    """The same of the raw limit, which answers with the same bytes."""
    file = folder / ANSWERS
    recorded.write(file, answers)
    try:
        async with started(RAW, {**environment, "RAW_ANSWERS": str(file)}, folder) as server:
            return {
                each.name: await take(server, each.of_raw, scenarios.ALIVE, pace) for each in wanted
            }
    finally:
        file.unlink()


def environment_of(shelf: Shelf) -> dict[str, str]:
    """The settings for a process of its own; nobody is held up, and no log is written."""
    return {
        "POTLUCK_DATABASE__URL": shelf.url,
        "POTLUCK_DATA_DIR": str(shelf.settings.data_dir),
        "POTLUCK_BASE_URL": "http://127.0.0.1",
        "POTLUCK_LOG__LEVEL": "warning",
        "POTLUCK_THROTTLE__LOGIN_PER_ADDRESS": "0",
        "POTLUCK_THROTTLE__LOGIN_GLOBAL": "0",
        "POTLUCK_THROTTLE__SEARCH_PER_CALLER": "0",
    }


async def signed_in(server: Server, someone: cook.Cook) -> Asker:
    """The cook with a token, a web session, and the ETags of the recipes."""
    status, _, body = await load.ask(server.port, scenarios.login())
    if status != 200:
        raise SystemExit(f"signing in: {status} {body[:300]!r}")
    asker = Asker(someone, json.loads(body)["access_token"], cookie=await _web_session(server))
    for id in someone.recipe_ids:
        headers = {"Authorization": f"Bearer {asker.token}"}
        wanted = load.request("GET", f"{API}/recipes/{id}", headers=headers)
        _, head, _ = await load.ask(server.port, wanted)
        if found := ETAG.search(head):
            asker.etags[str(id)] = found[1].decode()
    return asker


async def _web_session(server: Server) -> str:
    """What the browser of the cook sends as `Cookie`, after the form to sign in."""
    _, head, page = await load.ask(server.port, load.request("GET", "/login"))
    token, cookies = FORM_TOKEN.search(page), COOKIE.findall(head)
    form = {"csrf_token": token[1].decode() if token else "", **scenarios.BY_FORM}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": "http://127.0.0.1",
        "Cookie": b"; ".join(cookies).decode(),
    }
    wanted = load.request("POST", "/login", headers=headers, body=urlencode(form).encode())
    status, head, body = await load.ask(server.port, wanted)
    if status != 303:
        raise SystemExit(f"signing in on the page: {status} {body[:300]!r}")
    return b"; ".join(COOKIE.findall(head)).decode()


async def take(server: Server, scenario: Scenario, yardstick: Scenario, pace: Pace) -> Figures:
    """Medians of several runs, after one that does not count; the yardstick runs before each."""
    short = replace(pace, seconds=pace.seconds / 3)
    rows, asked = scenario.requests(), yardstick.requests()
    await load.run(server.port, rows, connections=scenario.connections, for_s=WARM_UP_S)
    runs = []
    for _ in range(pace.repeats):
        beside = await _run(server, yardstick, asked, short)
        run = await _run(server, scenario, rows, pace)
        runs.append(replace(run, x_yardstick=run.cpu_ms / beside.cpu_ms))
    return Figures(
        **{
            each.name: statistics.median(getattr(run, each.name) for run in runs)
            for each in fields(Figures)
        }
    )


async def _run(server: Server, scenario: Scenario, rows: Iterator[bytes], pace: Pace) -> Figures:
    before, connections = server.cpu_s(), scenario.connections
    taken = await load.run(server.port, rows, connections=connections, for_s=pace.seconds)
    cpu_s = server.cpu_s() - before
    if set(taken.statuses) != {scenario.status}:
        raise SystemExit(f"{scenario.name}: answered {dict(taken.statuses)}")
    count = len(taken.seconds)
    cuts = statistics.quantiles(taken.seconds, n=100)
    return Figures(
        cpu_ms=cpu_s / count * 1000,
        x_yardstick=1.0,
        per_s=count / taken.wall_s,
        p50_ms=cuts[49] * 1000,
        p95_ms=cuts[94] * 1000,
        p99_ms=cuts[98] * 1000,
        body_bytes=taken.body_bytes,
    )


async def _cold_start(environment: Mapping[str, str], folder: Path) -> float:
    async with started(SHIPPED, environment, folder) as server:
        return server.started_s


async def _beside_logins(server: Server, asker: Asker, pace: Pace) -> float:
    """p99 of reading recipes while eight others sign in, in times of the p99 without them."""
    get = next(each for each in asker.all() if each.name == "GET recipe")
    login = next(each for each in asker.all() if each.name == "login")
    login = replace(login, connections=LOGINS)
    alone = await _run(server, get, get.requests(), pace)
    beside, _ = await asyncio.gather(
        _run(server, get, get.requests(), pace), _run(server, login, login.requests(), pace)
    )
    return beside.p99_ms / alone.p99_ms


def _is_wanted(scenario: Scenario, pace: Pace) -> bool:
    if not pace.only or scenario.name == "static bytes":
        return True
    return any(part in scenario.name for part in pace.only)
