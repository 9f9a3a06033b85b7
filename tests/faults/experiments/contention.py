"""R-17, hang-up, burst: many at once, and some who leave in the middle."""

import asyncio
import json
import random
import time
from urllib.parse import urlsplit

import httpx2

from tests.faults.checker import check
from tests.faults.clients import (
    RECIPES,
    Seen,
    create,
    new_key,
    recipe_body,
    sign_up,
    signed_in,
    writers,
)
from tests.faults.experiments.database import held_lock
from tests.faults.journal import Journal
from tests.faults.places import Place
from tests.faults.report import Row

WRITERS = 20
SEED = 17


async def add_line(client: httpx2.AsyncClient, path: str, text: str, chance: random.Random) -> int:
    """Add one ingredient line to what is there now, until nobody was faster; how many tries."""
    tries = 0
    while True:
        tries += 1
        read = await client.get(path)
        groups = read.json()["ingredient_groups"]
        groups[0]["lines"].append({"original_text": text})
        headers = {"If-Match": read.headers["etag"]}
        answer = await client.patch(path, json={"ingredient_groups": groups}, headers=headers)
        if answer.status_code == 200:
            return tries
        assert answer.status_code in {412, 503}, answer.text
        await asyncio.sleep(chance.uniform(0, 0.4))


async def one_recipe(place: Place, engine: str) -> Row:
    """R-17, M-03: twenty writers add lines to one recipe at the same time."""
    each, chance = place.amount(10, 1), random.Random(SEED)  # noqa: S311
    with place.patient_house(engine) as (house, server):
        token = await sign_up(server.url)
        path = house.folder / "journal-R-17"
        with Journal(path) as journal:
            async with signed_in(server.url, token, connections=WRITERS) as client:
                made = await create(client, journal, Seen())
                assert made
                one = f"{RECIPES}/{made['id']}"

                async def add(writer: int) -> int:
                    names = [f"line {writer}-{number}" for number in range(each)]
                    return sum([await add_line(client, one, name, chance) for name in names])

                tries = sum(await asyncio.gather(*(add(writer) for writer in range(WRITERS))))
                recipe = (await client.get(one)).json()
        found = check(house, path)
    texts = [line["original_text"] for line in recipe["ingredient_groups"][0]["lines"]]
    wanted = {f"line {writer}-{number}" for writer in range(WRITERS) for number in range(each)}
    count = WRITERS * each
    return Row(
        "R-17",
        engine,
        f"{WRITERS} writers add {each} lines each to one recipe, If-Match, again after 412",
        f"{count} lines more, version {count + 1}",
        f"{len(wanted & set(texts))} lines more, version {recipe['version']}, {tries} tries;"
        f" {found}",
        wanted <= set(texts)
        and len(texts) == len(set(texts))
        and recipe["version"] == recipe["revision"] == count + 1
        and found.is_good,
    )


def raw_post(token: str, key: str) -> tuple[bytes, bytes]:
    """Head and body of a POST of a recipe."""
    body = json.dumps(recipe_body(key)).encode()
    head = (
        f"POST {RECIPES} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode(), body


async def hang_up(url: str, data: bytes, after_s: float) -> None:
    """Send something and leave without reading."""
    parts = urlsplit(url)
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(data)
    await writer.drain()
    await asyncio.sleep(after_s)
    writer.transport.abort()


async def hung_up(place: Place, engine: str) -> Row:
    """Clients leave with half a body, right after it, and while the server waits for the lock."""
    rounds, chance = place.amount(30, 6), random.Random(SEED)  # noqa: S311
    slowest = 0.0
    with place.patient_house(engine) as (house, server):
        token = await sign_up(server.url)
        path, seen = house.folder / "journal-hang-up", Seen()
        with Journal(path) as journal:
            async with signed_in(server.url, token) as client:
                await create(client, journal, seen)
                for number in range(rounds):
                    key = new_key("recipe")
                    head, body = raw_post(token, key)
                    journal.intend(key, "create")
                    if number % 3 == 0:
                        await hang_up(server.url, head + body[: len(body) // 2], 0.01)
                    elif number % 3 == 1:
                        await hang_up(server.url, head + body, chance.uniform(0, 0.03))
                    else:
                        with held_lock(house):
                            await hang_up(server.url, head + body, 0.1)
                    since = time.monotonic()
                    await create(client, journal, seen)
                    slowest = max(slowest, time.monotonic() - since)
        leaked = place.postgres.connections(house.folder.name) if engine != "sqlite" else 0
        found = check(house, path)
    return Row(
        "hang-up",
        engine,
        f"{rounds} clients leave in the middle of a write: half a body, all of it, at the lock",
        "the next write at once, no connection leaked, nothing half",
        f"next writes: {seen}, slowest {slowest:.2f} s; {leaked} leaked; {found}",
        seen.good == seen.total and slowest < 3 and leaked == 0 and found.is_good,
    )


async def burst(place: Place, engine: str, connections: int, *, is_patient: bool = True) -> Row:
    """Reads, lists, searches and new recipes over many connections at once.

    A queue of 256 may be longer than 2 s; the wait that is shipped answers what is beyond with 503
    (R-06).
    """
    each = place.amount(8, 2)
    with place.patient_house(engine) if is_patient else place.served_house(engine) as served:
        house, server = served
        token = await sign_up(server.url)
        path, seen = house.folder / f"journal-{connections}", Seen()
        with Journal(path) as journal:
            async with writers(server.url, token, journal):
                await asyncio.sleep(1.0)
            async with signed_in(server.url, token, connections=connections) as client:
                made = await create(client, journal, Seen())
                assert made
                paths = [f"{RECIPES}/{made['id']}"] * 7 + [
                    RECIPES,
                    f"{RECIPES}?limit=50",
                    f"{RECIPES}/search?keyword=spoons",
                ]

                async def use(number: int) -> None:
                    for turn in range(each):
                        if (number + turn) % 20 == 0:
                            await create(client, journal, seen)
                            continue
                        since = time.monotonic()
                        seen.note(await client.get(paths[(number + turn) % len(paths)]), since)

                since = time.monotonic()
                await asyncio.gather(*(use(number) for number in range(connections)))
                took_s = time.monotonic() - since
        found = check(house, path)
    waits = "pool_timeout_s is 30" if is_patient else "all waits as shipped"
    # Anything else is odd, and so is a 503 without Retry-After.
    sent_away = 0 if is_patient or seen.odd else seen.statuses.get(503, 0)
    return Row(
        f"burst-{connections}",
        engine,
        f"{connections} connections, {seen.total} reads, lists, searches and new recipes; {waits}",
        "no error, no stall" if is_patient else "no error but for 503 with Retry-After",
        f"{seen}; p50 {seen.quantile(0.5):.2f} s, p99 {seen.quantile(0.99):.2f} s,"
        f" {seen.total / took_s:.0f} a second; {found}",
        seen.good + sent_away == seen.total and seen.good > sent_away and found.is_good,
    )


async def burst_of_32(place: Place, engine: str) -> Row:
    """As many as a household's browsers open."""
    return await burst(place, engine, 32)


async def burst_of_256(place: Place, engine: str) -> Row:
    """As many as a village's."""
    return await burst(place, engine, 256)


async def burst_of_256_as_shipped(place: Place, engine: str) -> Row:
    """The same, and how many of them are sent away."""
    return await burst(place, engine, 256, is_patient=False)
