"""What a search takes, with 10,000 recipes and with 100,000, on both engines.

    .venv/bin/python -m tests.postgres .venv/bin/python benchmarks/search.py FOLDER
        [--sizes 10000 100000] [--engines sqlite postgresql]

The databases are made in FOLDER (SQLite) and on the server that POTLUCK_TEST_DATABASE_URL names
(PostgreSQL), and used again by the next run. Figures are milliseconds of CPU, of this process and
of the server's process together, so that a busy machine does not matter (Linux alone tells both);
they hold everything but HTTP. The caller belongs to a household that has half of the recipes; the
others are of five hundred households.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import select, text

from benchmarks import search_shelf, shelves
from potluck.core.actor import Actor
from potluck.core.clock import SystemClock
from potluck.core.cursor import Cursors
from potluck.core.logging import configure
from potluck.core.paging import PageRequest
from potluck.crud import recipe_search as crud_search
from potluck.db.session import Database
from potluck.models import Membership, User
from potluck.schemas.recipe import RecipeCreate
from potluck.schemas.recipe.query import RecipeQuery
from potluck.services import recipe_index, recipe_lists, recipe_search, recipes

REPEATS = 5
CREATED = 60
QUERIES = {
    "common word": ["salt", "sugar", "butter", "garlic", "onion", "oven", "heat"],
    "word in 5 %": ["mushrooms", "cumin", "basil", "chocolate", "rice", "bacon"],
    "rare word": ["saffron", "rhubarb", "tarragon", "quinoa", search_shelf.RARE[7]],
    "two words": ["butter sugar", "garlic onion", "chicken lemon", "soup carrots", "eggs milk"],
    "three words": ["butter sugar flour", "garlic onion salt", "creamy chicken soup"],
    "beginning": ["sa", "cho", "po", "mush", "c", "tom"],
    "phrase": ['"brown sugar"', '"olive oil"', '"sour cream"', '"golden brown"'],
    "without": ["cake -butter", "soup -salt", "garlic -onion -salt"],
    "one typo": ["choclate", "rhubrab", "saffrno", "tomatto", "mushrroms cream"],
    "nothing": ["zzyzx", "umbrella", "salt umbrella"],
}
LISTS = {
    "list, common": ["salt", "sugar", "butter", "garlic", "onion"],
    "list, 5 %": ["mushrooms", "cumin", "basil", "chocolate"],
}


async def measured(database: Database) -> dict[str, list[float]]:
    """Milliseconds by kind of query."""
    async with database.reading() as session:
        found = await session.scalar(select(User.id).where(User.email == shelves.COOK))
        mine = select(Membership.household_id).where(Membership.user_id == found)
        actor = Actor(user_id=found, households=frozenset(await session.scalars(mine)))
        languages = await crud_search.languages(session)

    async def search(words: str) -> None:
        async with database.reading(long=True) as session:
            await recipe_search.find(session, actor, words, languages=languages, limit=20)

    async def listed(words: str) -> None:
        request = PageRequest(20, None, Cursors(b"k" * 32), "")
        async with database.reading(long=True) as session:
            await recipe_lists.page(session, actor, request, RecipeQuery(q=words))

    results = {kind: await _times(search, words) for kind, words in QUERIES.items()}
    results["all searches"] = [each for taken in results.values() for each in taken]
    results |= {kind: await _times(listed, words) for kind, words in LISTS.items()}
    results["create"] = await _create(database, actor)
    put = recipe_index.put
    recipe_index.put = _nothing  # type: ignore[assignment]
    results["create, no index"] = await _create(database, actor)
    recipe_index.put = put
    return results


async def _nothing(*_: Any) -> None:
    pass


class Clock:
    """CPU time of this process and of the server's one that works for it."""

    server: Path | None = None

    def ms(self) -> float:
        own = time.process_time_ns()
        its = int(self.server.read_text().split()[0]) if self.server else 0
        return (own + its) / 1e6


CLOCK = Clock()


async def _times(
    call: Callable[[str], Awaitable[None]], words: list[str], repeats: int = REPEATS
) -> list[float]:
    for each in words:
        await call(each)
    taken = []
    for each in words * repeats:
        start = CLOCK.ms()
        await call(each)
        taken.append(CLOCK.ms() - start)
    return taken


async def _create(database: Database, actor: Actor) -> list[float]:
    bodies = {
        str(number): RecipeCreate.model_validate(search_shelf.as_sent(row.text.document))
        for number, row in enumerate(search_shelf.rows(CREATED, 2))
    }

    async def create(number: str) -> None:
        async with database.transaction() as session:
            await recipes.create(session, actor, bodies[number], now=SystemClock().now())

    return await _times(create, list(bodies), repeats=1)


async def run(engine: str, folder: Path, sizes: list[int]) -> None:
    """Print the table of one engine."""
    table: dict[str, list[str]] = {}
    slowest: dict[str, list[float]] = {}
    for size in sizes:
        settings = (await shelves.filled(engine, folder, size)).settings
        limits = settings.database.model_copy(update={"pool_size": 1})
        database = Database(settings.database_url, limits)
        CLOCK.server = await _server(database) if engine == "postgresql" else None
        for kind, taken in (await measured(database)).items():
            slow = statistics.quantiles(taken, n=20)[-1]
            table.setdefault(kind, []).append(f"{statistics.median(taken):8.1f} {slow:8.1f}")
            slowest.setdefault(kind, []).append(slow)
        await database.dispose()
    print(
        f"\n{engine}: ms of CPU, median and 95th percentile, recipes: {', '.join(map(str, sizes))}"
    )
    for kind, cells in table.items():
        ratio = f"{slowest[kind][-1] / slowest[kind][0]:6.1f}x"
        print(f"{kind:18} {'   '.join(cells)} {ratio}")


async def _server(database: Database) -> Path:
    async with database.reading() as session:
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
    return Path(f"/proc/{pid}/schedstat")


def main() -> None:
    """Read the arguments and print one table for each engine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    configure("warning", "console")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for engine in arguments.engines:
        asyncio.run(run(engine, arguments.folder, arguments.sizes))


if __name__ == "__main__":
    main()
