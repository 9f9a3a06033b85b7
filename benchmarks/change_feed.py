"""What the order of the change feed costs: recipes made per second, with and without the stamp.

    .venv/bin/python benchmarks/change_feed.py [URL] [--rounds 5] [--recipes 320]

URL is an empty database (`postgresql://...`; a new SQLite file when left out). Rounds with and
without the stamp take turns; printed is the fastest of each, as whatever else the machine does only
adds to it. "at once" is how many write at the same moment, "stamp" the median of the
milliseconds that a stamp took, the wait for others who stand before their commit included.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from potluck import backend_pre_start
from potluck.core.actor import Actor
from potluck.core.clock import SystemClock
from potluck.core.config import Settings
from potluck.core.logging import configure
from potluck.crud import recipe_feed
from potluck.db.session import Database
from potluck.schemas.recipe import RecipeCreate
from potluck.schemas.user import UserCreate
from potluck.services import accounts, recipes

AT_ONCE = (1, 16)
CLOCK = SystemClock()


def body(number: int) -> RecipeCreate:
    """A recipe of common size."""
    lines = [{"original_text": f"{n} g of thing {n}", "food_text": f"thing {n}"} for n in range(12)]
    steps = [{"text": f"Do what has to be done as step {n}. " * 3} for n in range(8)]
    return RecipeCreate.model_validate(
        {
            "title": f"Recipe {number}",
            "ingredient_groups": [{"lines": lines}],
            "sections": [{"steps": steps}],
        }
    )


async def make_account(database: Database) -> Actor:
    """Somebody with a household."""
    data = UserCreate(email="cook@example.org", password="-" * 20, display_name="Cook")
    async with database.transaction() as session:
        user = await accounts.create(session, data, "no hash", now=CLOCK.now())
    return Actor(user_id=user.id)


async def make_recipes(database: Database, actor: Actor, count: int, at_once: int) -> float:
    """How many recipes a second this many writers made together, each in a unit of work."""
    numbers = iter(range(count))

    async def write() -> None:
        for number in numbers:
            now, data = CLOCK.now(), body(number)
            async with database.transaction() as session:
                await recipes.create(session, actor, data, now=now)

    began = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(at_once)))
    return count / (time.perf_counter() - began)


@contextmanager
def stamping(*, is_on: bool) -> Iterator[list[float]]:
    """Time every stamp, in milliseconds; leave it out while `is_on` is false."""
    stamp: Callable[..., Any] = recipe_feed.stamp
    took_ms: list[float] = []

    async def timed(*arguments: Any, **options: Any) -> None:
        began = time.perf_counter()
        if is_on:
            await stamp(*arguments, **options)
        took_ms.append(1000 * (time.perf_counter() - began))

    recipe_feed.stamp = timed  # type: ignore[assignment]
    try:
        yield took_ms
    finally:
        recipe_feed.stamp = stamp  # type: ignore[assignment]


async def measure(settings: Settings, rounds: int, count: int) -> None:
    """Print a line for each number of writers."""
    database = Database(settings.database_url, settings.database)
    actor = await make_account(database)
    await make_recipes(database, actor, count // 4, 4)
    print(f"{'at once':>8} {'with':>8} {'without':>8} {'stamp':>8}   {database.url.engine}")
    for at_once in AT_ONCE:
        speeds: dict[bool, list[float]] = {True: [], False: []}
        stamps_ms: list[float] = []
        for number in range(2 * rounds):
            is_on = number % 2 == 0
            with stamping(is_on=is_on) as took_ms:
                speeds[is_on].append(await make_recipes(database, actor, count, at_once))
            stamps_ms += took_ms if is_on else []
        best = (max(speeds[is_on]) for is_on in (True, False))
        print(f"{at_once:>8} {next(best):>8.0f} {next(best):>8.0f} {median(stamps_ms):>8.2f}")
    await database.dispose()


def main() -> None:
    """Prepare the database and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("url", nargs="?", help="an empty database")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--recipes", type=int, default=320, help="recipes a round")
    options = parser.parse_args()
    configure("warning", "console")
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{folder}/potluck.db"
        pool = {"url": url, "pool_size": max(AT_ONCE), "pool_timeout_s": 60}
        settings = Settings(data_dir=Path(folder), base_url="http://localhost", database=pool)
        backend_pre_start.prepare(settings)
        asyncio.run(measure(settings, options.rounds, options.recipes))


if __name__ == "__main__":
    main()
