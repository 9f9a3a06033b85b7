"""R-18: the same POST under one `Idempotency-Key`, many times at the same moment."""

import asyncio
import itertools
from collections import Counter
from contextlib import AsyncExitStack

import httpx2

from tests.faults.checker import check
from tests.faults.clients import RECIPES, new_key, recipe_body, sign_up, signed_in
from tests.faults.journal import Journal
from tests.faults.places import Place
from tests.faults.report import Row

AT_ONCE = 50
#: Processes that share a SQLite file may harm it, with the library that most systems have.
REPLICAS = {"sqlite": 1, "postgresql": 2}


async def send(clients: list[httpx2.AsyncClient], journal: Journal, key: str) -> Counter[int]:
    """The statuses of so many at once, in turn at each replica; 0 for a 201 unlike the others."""
    journal.intend(key, "create")
    turns = itertools.islice(itertools.cycle(clients), AT_ONCE)
    body, headers = recipe_body(key), {"Idempotency-Key": key}
    answers = await asyncio.gather(
        *(client.post(RECIPES, json=body, headers=headers) for client in turns)
    )
    done = [answer for answer in answers if answer.status_code == 201]
    if done:
        made = done[0].json()
        journal.answered(key, 201, id=made["id"], revision=made["revision"])
    odd = sum(answer.content != done[0].content for answer in done)
    statuses = Counter(answer.status_code for answer in answers)
    return statuses + Counter({0: odd})


async def same_post(place: Place, engine: str) -> Row:
    """Each key makes one recipe; whoever is answered is answered alike, the others come again."""
    keys, replicas = place.amount(20, 2), REPLICAS[engine]
    with place.house(engine, DATABASE__POOL_TIMEOUT_S="30") as house:
        servers = [house.start() for _ in range(replicas)]
        token = await sign_up(servers[0].url)
        path, seen = house.folder / "journal-R-18", Counter[int]()
        with Journal(path) as journal:
            async with AsyncExitStack() as stack:
                clients = [
                    await stack.enter_async_context(
                        signed_in(server.url, token, connections=AT_ONCE // replicas)
                    )
                    for server in servers
                ]
                for _ in range(keys):
                    seen += await send(clients, journal, new_key("recipe"))
                recipes = (await clients[0].get(RECIPES, params={"limit": 100})).json()["items"]
        found = check(house, path)
    counts = ", ".join(f"{count} x {status}" for status, count in sorted(seen.items()))
    return Row(
        "R-18",
        engine,
        f"{AT_ONCE} equal POSTs at once under each of {keys} keys, replicas: {replicas}",
        f"{keys} recipes; 201 with the same bytes, or 409",
        f"{len(recipes)} recipes; {counts}; {found}",
        len(recipes) == keys and seen.keys() <= {201, 409} and found.is_good,
    )
