"""R-12: the clock of the machine jumps while people use the server."""

import asyncio
import base64
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2

from tests.faults.checker import check
from tests.faults.clients import (
    API,
    EMAIL,
    PASSWORD,
    RECIPES,
    TIMEOUT_S,
    Seen,
    at_work,
    new_key,
    recipe_body,
    sign_up,
    writers,
)
from tests.faults.house import House
from tests.faults.journal import Journal
from tests.faults.places import Place
from tests.faults.report import Row, skipped
from tests.serving import Server

JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=-1))
WRITERS = 2
#: The sixth wrong password closes the account for a second, the seventh for two: one of so many is
#: sent before it opens again.
MOST_TRIES = 10
#: Who has to wait longer than this to sign in was locked out by the jump.
SIGNED_IN_WITHIN_S = 15.0
#: How far a token's time may be from the clock that was set: the machine is slow, too.
NEAR = timedelta(minutes=1)
EXPECTED = (
    "writers meet no error; access tokens of another time 401; sessions, keys of a POST, waits and"
    " the order of changes stay"
)


def library() -> Path | None:
    """libfaketime for programs with threads, where Debian and its own `make install` put it."""
    folders = (Path("/usr/lib"), Path("/usr/local/lib"))
    found = (path for each in folders for path in each.glob("**/faketime/libfaketimeMT.so.1"))
    return next(found, None)


@dataclass
class FalseClock:
    """The clock of every process that starts with `environment`; the monotonic one stays true."""

    library: Path
    file: Path
    offset: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        self.jump(timedelta(0))

    @property
    def environment(self) -> dict[str, str]:
        """Settings of libfaketime 0.9.10, which reads the file whenever it is asked the time."""
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, by: timedelta) -> None:
        """Tell a time so much later from now on; nobody reads half a file."""
        self.offset += by
        new = self.file.with_suffix(".new")
        new.write_text(f"{self.offset.total_seconds():+.0f}\n", encoding="ascii")
        new.replace(self.file)

    def now(self) -> datetime:
        """What it tells."""
        return datetime.now(UTC) + self.offset

    def forget(self, pid: int) -> None:
        """Remove what a process leaves in memory that ended by a signal (Linux)."""
        for path in Path("/dev/shm").glob(f"*faketime_s*_{pid}"):  # noqa: S108
            path.unlink()


@dataclass
class Visitor:
    """Somebody who comes before a jump, and looks afterwards at what they have.

    Raises AssertionError for what is not as it must be.
    """

    client: httpx2.AsyncClient
    journal: Journal
    access: str = ""
    refresh: str = ""
    key: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    #: When each of their changes was made, as Potluck says, in the order in which they made them.
    changed_at: list[datetime] = field(default_factory=list)

    async def come(self) -> None:
        """Sign in, forget the password, and send a recipe that will be sent again."""
        await self.sign_in()
        tries = 0
        status = 401
        while status == 401 and tries < MOST_TRIES:
            status, tries = (await self.login(f"wrong {PASSWORD}")).status_code, tries + 1
        expect("an account that closes", status, 429)
        self.key = new_key("recipe")
        self.journal.intend(self.key, "create")
        self.recipe = await self.send()

    async def look(self, now: datetime) -> float:
        """What became of it now that it is so late; seconds until they were let in."""
        expect("access token of before", await self.read(), 401)
        form = {"refresh_token": self.refresh}
        renewed = await self.client.post(f"{API}/auth/refresh", json=form)
        expect("refresh token of before", renewed.status_code, 200)
        self.access = renewed.json()["access_token"]
        expect("renewed access token", await self.read(), 200)
        took_s = await self.sign_in()
        expect("new access token", await self.read(), 200)
        expect("a clock that was set", self.is_made_at(now), True)
        again = await self.send()
        expect("recipe of the same key", again["id"], self.recipe["id"])
        await self.change()
        return took_s

    async def sign_in(self) -> float:
        """Try until it works or takes too long; seconds that it took."""
        since = time.monotonic()
        answer = await self.login(PASSWORD)
        while answer.status_code == 429 and time.monotonic() < since + SIGNED_IN_WITHIN_S:
            await asyncio.sleep(0.2)
            answer = await self.login(PASSWORD)
        expect("sign-in", answer.status_code, 200)
        pair = answer.json()
        self.access, self.refresh = pair["access_token"], pair["refresh_token"]
        return time.monotonic() - since

    async def login(self, password: str) -> httpx2.Response:
        form = {"username": EMAIL, "password": password}
        return await self.client.post(f"{API}/auth/login", data=form)

    async def read(self) -> int:
        """The status of what their access token opens."""
        return (await self.client.get(RECIPES, headers=self.headers)).status_code

    async def send(self) -> dict[str, Any]:
        """The recipe under its key, as it was answered."""
        headers = self.headers | {"Idempotency-Key": self.key}
        answer = await self.client.post(RECIPES, json=recipe_body(self.key), headers=headers)
        expect("POST with a key", answer.status_code, 201)
        made: dict[str, Any] = answer.json()
        self.journal.answered(self.key, 201, id=made["id"], revision=made["revision"])
        return made

    async def change(self) -> None:
        """Change that recipe, and note when it was made and changed."""
        path, key = f"{RECIPES}/{self.recipe['id']}", new_key("change")
        self.journal.intend(key, "change", id=self.recipe["id"])
        headers = self.headers | {"If-Match": "*"}
        answer = await self.client.patch(path, json={"summary": key}, headers=headers)
        expect("change", answer.status_code, 200)
        changed = answer.json()
        self.journal.answered(key, 200, revision=changed["revision"])
        expect("version", changed["version"], self.recipe["version"] + 1)
        for each in (self.recipe, changed):
            self.changed_at.append(datetime.fromisoformat(each["updated_at"]))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}

    def is_made_at(self, at: datetime) -> bool:
        """Whether the access token says that it was made then."""
        payload = self.access.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return abs(datetime.fromtimestamp(claims["iat"], UTC) - at) < NEAR


def expect(name: str, seen: object, wanted: object) -> None:
    """Raises AssertionError with what was looked at, when it is not as wanted."""
    assert seen == wanted, f"{name}: {seen}, not {wanted}"


async def jumps(place: Place, engine: str) -> Row:
    """R-12: writers are at work at each jump; somebody else comes before and looks afterwards."""
    what = f"the server's clock jumps +1 h, -1 h, -1 d, {WRITERS} writers"
    found = library()
    if found is None:
        return skipped("R-12", engine, what, "libfaketime is not installed")
    with place.house(engine) as house:
        clock = FalseClock(found, house.folder / "clock")
        server = house.launch("--migrate", more=clock.environment)
        try:
            await asyncio.to_thread(server.wait_until_ready)
            seen, is_good = await _jumps(house, server, clock, place.amount(5, 1))
        finally:
            server.kill()
            clock.forget(server.process.pid)
    return Row("R-12", engine, what, EXPECTED, seen, is_good)


async def _jumps(house: House, server: Server, clock: FalseClock, rounds: int) -> tuple[str, bool]:
    path, loads, waits = house.folder / "journal", list[Seen](), list[float]()
    token = await script_token(server.url)
    async with httpx2.AsyncClient(base_url=server.url, timeout=TIMEOUT_S) as client:
        with Journal(path) as journal:
            visitor = Visitor(client, journal)
            for jump in JUMPS * rounds:
                async with writers(server.url, token, journal, WRITERS) as load:
                    await at_work(load, WRITERS)
                    await visitor.come()
                    clock.jump(jump)
                    await at_work(load, load.good + WRITERS)
                    waits.append(await visitor.look(clock.now()))
                    await at_work(load, load.good + WRITERS)
                loads.append(load)
    found = check(house, path)
    ready, _ = await asyncio.to_thread(server.get, "/health/ready")
    is_in_order = all(one < next for one, next in pairwise(visitor.changed_at))
    seen = (
        f"{len(loads)} jumps, {sum(load.good for load in loads)} of"
        f" {sum(load.total for load in loads)} writes good; a closed account opened after"
        f" {max(waits):.1f} s at most; {len(visitor.changed_at)} changes"
        f" {'in order' if is_in_order else 'OUT OF ORDER'}; ready {ready}; {found}"
    )
    is_good = is_in_order and ready == 200 and found.is_good
    return seen, is_good and all(load.good == load.total > 0 for load in loads)


async def script_token(url: str) -> str:
    """A token for scripts, without an end: what writes with it goes on whatever time it is."""
    headers = {"Authorization": f"Bearer {await sign_up(url)}"}
    wanted = {"name": "writers", "scopes": ["recipes:read", "recipes:write"], "expires_at": None}
    async with httpx2.AsyncClient(base_url=url, timeout=TIMEOUT_S) as client:
        answer = await client.post(f"{API}/auth/tokens", json=wanted, headers=headers)
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token
