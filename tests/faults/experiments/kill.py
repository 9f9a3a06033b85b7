"""R-01: kill -9 of the server in the middle of writes."""

import asyncio
import random
from statistics import median

from tests.faults.checker import check
from tests.faults.clients import at_work, sign_in, sign_up, writers
from tests.faults.journal import Journal
from tests.faults.places import Place
from tests.faults.report import Row

SEED = 4
WRITERS = 4


async def kill_in_the_middle_of_writes(place: Place, engine: str) -> Row:
    """Kill the server again and again at random moments while four clients write."""
    kills, chance = place.amount(30, 5), random.Random(SEED)  # noqa: S311
    restarts, odd, in_the_middle = list[float](), list[str](), 0
    with place.house(engine) as house:
        path = house.folder / "journal"
        with Journal(path) as journal:
            server = house.start()
            await sign_up(server.url)
            for _ in range(kills):
                token = await sign_in(server.url)
                async with writers(server.url, token, journal, WRITERS) as seen:
                    await at_work(seen, WRITERS)
                    await asyncio.sleep(chance.uniform(0.0, 0.5))
                    server.kill()
                in_the_middle += seen.good >= WRITERS and 0 in seen.statuses
                odd += seen.odd
                server = house.launch("--migrate", port=server.port)
                restarts.append(await asyncio.to_thread(server.wait_until_ready))
            token = await sign_in(server.url)
            async with writers(server.url, token, journal, WRITERS) as after:
                await at_work(after, WRITERS)
        found = check(house, path)
    return Row(
        "R-01",
        engine,
        f"kill -9 of the server, {kills} times, 4 writers",
        "nothing acknowledged lost, nothing half written, integrity ok",
        f"{in_the_middle} of {kills} with requests in its hands; {found}; ready again after"
        f" {median(restarts):.1f} s (median), {max(restarts):.1f} s (longest); afterwards {after}"
        + (f"; {odd[0]}" if odd else ""),
        found.is_good and in_the_middle == kills and not odd and after.good == after.total > 0,
    )
