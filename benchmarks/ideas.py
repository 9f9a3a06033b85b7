"""What asking the sources of ideas side by side saves: gathered against one after the other.

    .venv/bin/python benchmarks/ideas.py [--sources 3] [--delay-ms 200] [--rounds 5]

A local server answers as Reddit does, each list after the same delay; every round asks it anew, for
nothing is kept. Printed is the fastest round of each way, as whatever else the machine does only
adds to it. Asked side by side the sources take about as long as one of them; what is above the
delay is our own work: connecting, reading, sorting.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from potluck.clients.reddit import RedditClient
from potluck.core.clock import SystemClock
from potluck.core.config import IdeasSettings, RedditSettings
from potluck.services.ideas import MOST, IdeasMemory, gather_ideas
from tests.clients.http_server import Script
from tests.reddit_server import RedditServer, as_json, listing, post

TIMEOUT_S = 30.0


def late(delay_s: float, content: bytes) -> Script:
    """An answer that takes its time."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(delay_s)
        writer.write(content)
        await reader.read()

    return talk


async def fastest_s(source: RedditClient, groups: list[list[str]], rounds: int) -> float:
    """Seconds of the fastest round in which the groups are asked one after the other."""
    found = []
    for _ in range(rounds):
        started_s = time.perf_counter()
        for names in groups:
            settings = IdeasSettings(subreddits=names, timeout_s=TIMEOUT_S, cache_s=0)
            memory = IdeasMemory(SystemClock())
            answer = await gather_ideas(source, memory, settings, limit=MOST)
            silent = [each.name for each in answer.sources if each.status != "ok"]
            if silent:
                sys.exit(f"no answer from {', '.join(silent)}")
        found.append(time.perf_counter() - started_s)
    return min(found)


async def measure(sources: int, delay_s: float, rounds: int) -> tuple[float, float]:
    """Seconds of all sources gathered, and of the same one by one."""
    names = [f"source{number}" for number in range(sources)]
    content = as_json(listing([post(f"p{number}") for number in range(MOST)]))
    async with RedditServer() as reddit:
        reddit.scripted = {name: late(delay_s, content) for name in names}
        settings = RedditSettings(base_url=reddit.url)
        async with RedditClient(settings, clock=SystemClock(), timeout_s=TIMEOUT_S) as source:
            gathered_s = await fastest_s(source, [names], rounds)
            one_by_one_s = await fastest_s(source, [[name] for name in names], rounds)
    return gathered_s, one_by_one_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=3)
    parser.add_argument("--delay-ms", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    measured = measure(given.sources, given.delay_ms / 1000, given.rounds)
    gathered_s, one_by_one_s = asyncio.run(measured)
    print(f"{given.sources} sources, {given.delay_ms} ms each")
    print(f"gathered    {gathered_s * 1000:8.1f} ms")
    print(f"one by one  {one_by_one_s * 1000:8.1f} ms")
    print(f"ratio       {one_by_one_s / gathered_s:8.2f}")


if __name__ == "__main__":
    main()
