"""R-01: kill -9 of the server in the middle of writes."""

import asyncio
import random
import time

from tests.faults.checker import check
from tests.faults.clients import Seen, sign_up, writers
from tests.faults.journal import Journal
from tests.faults.places import Place
from tests.faults.report import Row

SEED = 4
WRITERS = 4


async def some_good(seen: Seen, within_s: float = 20.0) -> None:
    """Return when the writers are at work."""
    end = time.monotonic() + within_s
    while seen.good < WRITERS and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def kill_in_the_middle_of_writes(place: Place, engine: str) -> Row:
    """Kill the server again and again at random moments while four clients write."""
    kills, chance = place.amount(30, 5), random.Random(SEED)  # noqa: S311
    restarts, total = [], Seen()
    with place.house(engine) as house:
        path = house.folder / "journal"
        with Journal(path) as journal:
            server = house.start()
            token = await sign_up(server.url)
            for _ in range(kills):
                async with writers(server.url, token, journal, WRITERS) as seen:
                    await some_good(seen)
                    await asyncio.sleep(chance.uniform(0.0, 0.5))
                    server.kill()
                total.statuses = {
                    status: total.statuses.get(status, 0) + seen.statuses.get(status, 0)
                    for status in total.statuses | seen.statuses
                }
                total.odd += seen.odd
                server = house.launch("--migrate", port=server.port)
                restarts.append(await asyncio.to_thread(server.wait_until_ready))
            async with writers(server.url, token, journal) as after:
                await asyncio.sleep(0.3)
        found = check(house, path)
    restarts.sort()
    return Row(
        "R-01",
        engine,
        f"kill -9 of the server, {kills} times, 4 writers",
        "nothing acknowledged lost, nothing half written, integrity ok",
        f"{found}; ready again after {restarts[len(restarts) // 2]:.1f} s (median),"
        f" {restarts[-1]:.1f} s (longest)",
        found.is_good and not total.odd and after.good > 0 and found.acknowledged > kills,
    )
