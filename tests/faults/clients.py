"""Clients of a house: one account, and loads that note in a journal what they did."""

import asyncio
import contextlib
import itertools
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.faults.journal import Journal

API = "/api/v1"
RECIPES = f"{API}/recipes"
PASSWORD = "correct horse battery staple"
EMAIL = "ada@example.org"
#: Ingredient lines of every recipe that a load writes: the children that must not be halved.
LINES = 5
TIMEOUT_S = 20.0
#: A client that retries does so for longer than the claim of a process that died (30 s) lasts.
GIVEN_UP_AFTER_S = 45.0
#: What a client may meet when a server dies: it does not know whether anything was done.
BROKEN = (httpx2.TransportError, OSError)

_numbers = itertools.count(1)


def new_key(word: str) -> str:
    """A word of its own for one thing that a client wants."""
    return f"{word}-{next(_numbers)}-{secrets.token_hex(5)}"


def recipe_body(key: str) -> dict[str, Any]:
    """A recipe with children and tags; its title is the key."""
    lines = [{"original_text": f"{number} spoons of {key}"} for number in range(1, LINES + 1)]
    return {
        "title": key,
        "tags": [{"name": "Dessert"}, {"name": f"Tag {key[-1]}"}],
        "ingredient_groups": [{"lines": lines}],
        "sections": [{"steps": [{"text": "Mix."}, {"text": "Bake."}]}],
    }


async def sign_up(url: str) -> str:
    """Make the account when it is not there, and sign in; gives an access token."""
    async with httpx2.AsyncClient(base_url=url, timeout=TIMEOUT_S) as client:
        account = {"email": EMAIL, "password": PASSWORD, "display_name": "Ada"}
        made = await client.post(f"{API}/auth/signup", json=account)
        assert made.status_code in {201, 409}, made.text
    return await sign_in(url)


async def sign_in(url: str) -> str:
    """An access token; it lives ten minutes, which a long experiment outlasts."""
    async with httpx2.AsyncClient(base_url=url, timeout=TIMEOUT_S) as client:
        form = {"username": EMAIL, "password": PASSWORD}
        answer = await client.post(f"{API}/auth/login", data=form)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token


@contextlib.asynccontextmanager
async def signed_in(
    url: str, token: str, *, connections: int = 4, **options: Any
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with a token and no more connections than said."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    headers = {"Authorization": f"Bearer {token}"}
    values: dict[str, Any] = {"limits": limits, "headers": headers, "timeout": TIMEOUT_S}
    async with httpx2.AsyncClient(base_url=url, **values | options) as client:
        yield client


@dataclass
class Seen:
    """What a load met: statuses (0 for a broken connection) and how long each answer took."""

    statuses: dict[int, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def note(self, answer: httpx2.Response | None, since: float) -> None:
        """Count one answer; None when the connection broke."""
        status = 0 if answer is None else answer.status_code
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.seconds.append(time.monotonic() - since)
        if answer is not None and status >= 400:
            if status == 503 and "retry-after" not in answer.headers:
                self.odd.append("503 without Retry-After")
            elif status not in {503, 507}:
                self.odd.append(f"{status} {' '.join(answer.text[:200].split())}")

    @property
    def good(self) -> int:
        return sum(count for status, count in self.statuses.items() if 200 <= status < 400)

    @property
    def total(self) -> int:
        return sum(self.statuses.values())

    @property
    def slowest_s(self) -> float:
        """Seconds of the answer that took longest."""
        return max(self.seconds, default=0.0)

    def quantile(self, share: float) -> float:
        """Seconds that this share of the answers took at most."""
        ordered = sorted(self.seconds) or [0.0]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def __str__(self) -> str:
        counts = ", ".join(
            f"{count} x {status or 'broken'}" for status, count in sorted(self.statuses.items())
        )
        return (counts or "nothing") + (f" (odd: {self.odd[0]})" if self.odd else "")


async def create(
    client: httpx2.AsyncClient, journal: Journal, seen: Seen, **headers: str
) -> dict[str, Any] | None:
    """Create a recipe and note it; the answered recipe and its ETag, or None."""
    key = new_key("recipe")
    journal.intend(key, "create")
    since = time.monotonic()
    try:
        answer = await client.post(RECIPES, json=recipe_body(key), headers=headers)
    except BROKEN:
        journal.answered(key, 0)
        seen.note(None, since)
        return None
    seen.note(answer, since)
    if answer.status_code != 201:
        journal.answered(key, told(answer))
        return None
    made: dict[str, Any] = answer.json()
    journal.answered(key, 201, id=made["id"], revision=made["revision"])
    return made | {"etag": answer.headers["etag"]}


async def create_for_sure(client: httpx2.AsyncClient, journal: Journal, seen: Seen) -> None:
    """Create a recipe under an Idempotency-Key, sent again until it is answered."""
    key = new_key("recipe")
    headers = {"Idempotency-Key": key}
    journal.intend(key, "create")
    since = time.monotonic()
    answer = None
    while time.monotonic() < since + GIVEN_UP_AFTER_S:
        try:
            answer = await client.post(RECIPES, json=recipe_body(key), headers=headers)
        except BROKEN:
            answer = None
        if answer is not None and answer.status_code == 201:
            made = answer.json()
            journal.answered(key, 201, id=made["id"], revision=made["revision"])
            break
        journal.answered(key, 0)
        is_claimed = answer is not None and answer.status_code == 409
        await asyncio.sleep(1.0 if is_claimed else 0.1)
    seen.note(answer, since)


async def change(
    client: httpx2.AsyncClient, journal: Journal, seen: Seen, recipe: dict[str, Any]
) -> None:
    """Change the summary of a recipe and note it."""
    key = new_key("change")
    journal.intend(key, "change", id=recipe["id"])
    since = time.monotonic()
    path, headers = f"{RECIPES}/{recipe['id']}", {"If-Match": recipe["etag"]}
    try:
        answer = await client.patch(path, json={"summary": key}, headers=headers)
    except BROKEN:
        journal.answered(key, 0)
        seen.note(None, since)
        return
    seen.note(answer, since)
    if answer.status_code == 200:
        journal.answered(key, 200, revision=answer.json()["revision"])
    else:
        journal.answered(key, told(answer))


def told(answer: httpx2.Response) -> int:
    """The status of a refusal; 0 when nobody knows whether it was done.

    A proxy says so with 502 and 504 (RFC 9110, 15.6): the process that it asked gave no answer.
    """
    if answer.status_code in {502, 504}:
        return 0
    is_unknown = answer.status_code == 503 and answer.json().get("outcome") == "unknown"
    return 0 if is_unknown else answer.status_code


async def write(
    client: httpx2.AsyncClient, journal: Journal, seen: Seen, stop: asyncio.Event
) -> None:
    """Create recipes and change each once, until told to stop."""
    while not stop.is_set():
        made = await create(client, journal, seen)
        if made is not None:
            await change(client, journal, seen, made)
        elif not stop.is_set():
            await asyncio.sleep(0.02)


async def at_work(seen: Seen, answers: int = 4, within_s: float = 20.0) -> None:
    """Return when the writers have had so many good answers, or have not in time."""
    end = time.monotonic() + within_s
    while seen.good < answers and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def writers(url: str, token: str, journal: Journal, count: int = 4) -> AsyncIterator[Seen]:
    """Some writers at work while the block runs."""
    seen, stop = Seen(), asyncio.Event()
    async with signed_in(url, token, connections=count) as client, asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(write(client, journal, seen, stop))
        try:
            yield seen
        finally:
            stop.set()
