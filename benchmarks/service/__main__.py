"""What a request costs: `python -m tests.postgres python -m benchmarks.service FOLDER`.

    [--sizes 10000 100000] [--engines sqlite postgresql] [--seconds 2] [--repeats 3]
    [--only NAME ...]

Databases of that many recipes are made in FOLDER, and used again by the next run. For each: CPU
milliseconds of the serving process per request (user and system), and the same in times of a route
that only returns bytes behind the same layers in the same process; requests per second; p50 and
p99; bytes of a body; and in times of the raw limit where there is one. The server has core 0 for
itself, this client core 1. Figures are medians; the ratios are what may be compared between
machines.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import shelves
from benchmarks.service import measure, table
from benchmarks.service.measure import Pace, Result
from potluck.core.logging import configure

CLIENT_CORE = 1


async def run(arguments: argparse.Namespace) -> list[str]:
    """Print a table for each database; give what was missed."""
    pace = Pace(arguments.seconds, arguments.repeats, arguments.only)
    missed = []
    for engine in arguments.engines:
        results: dict[int, Result] = {}
        for size in arguments.sizes:
            shelf = await shelves.filled(engine, arguments.folder, size)
            results[size] = await measure.measured(shelf, pace)
            print(f"\n{table.of(f'{engine}, {size:,} recipes', results[size])}", flush=True)
        missed += [f"{engine}, {each}" for each in table.missed(results)]
    return missed


def main() -> None:
    """Read the arguments, print the tables, and say which floors were missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[])
    arguments = parser.parse_args()
    configure("warning", "console")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    os.sched_setaffinity(0, {CLIENT_CORE} & os.sched_getaffinity(0) or {0})
    missed = asyncio.run(run(arguments))
    print("\nFloors missed:" if missed else "\nEvery floor is reached.")
    print(*missed, sep="\n")


if __name__ == "__main__":
    main()
