"""Break things on purpose and print what came of it: `python -m tests.faults`, `make faults`.

    python -m tests.faults [--quick] [--only R-01] [--engine sqlite]

Each row is an experiment; the exit status is 1 when one failed. POTLUCK_* of the environment are
handed to every server that is started, so that a setting can be tried out.
"""

import argparse
import asyncio
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.faults.experiments import EXPERIMENTS, Experiment
from tests.faults.own_postgres import own_postgres
from tests.faults.places import ENGINES, Place
from tests.faults.report import Row, as_table, tell


def main() -> int:
    """Run what was asked for; 1 when something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--quick", action="store_true", help="the few rounds of the test suite")
    ids = list(dict.fromkeys(each.id for each in EXPERIMENTS))
    parser.add_argument("--only", action="append", choices=ids, help="an id; may be repeated")
    parser.add_argument("--engine", choices=ENGINES, help="one engine only")
    arguments = parser.parse_args()
    rows: list[Row] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="potluck-faults-") as folder, own_postgres() as server:
        place = Place(Path(folder), server, is_full=not arguments.quick)
        for experiment in EXPERIMENTS:
            if arguments.only and experiment.id not in arguments.only:
                continue
            for engine in experiment.engines:
                if arguments.engine in {None, engine}:
                    row = run(experiment, place, engine)
                    rows.append(row)
                    tell(row)
        place.close()
    sys.stdout.write(
        f"\n{as_table(rows)}\n\n{len(rows)} rows in {time.monotonic() - started:.0f} s\n"
    )
    return 1 if any(row.is_good is False for row in rows) else 0


def run(experiment: Experiment, place: Place, engine: str) -> Row:
    """The row of an experiment, also of one that broke."""
    try:
        return asyncio.run(experiment.run(place, engine))
    except Exception as error:  # noqa: BLE001 - the others still run
        sys.stderr.write(traceback.format_exc())
        cause = error
        while isinstance(cause, ExceptionGroup):
            cause = cause.exceptions[0]
        said = f"{type(cause).__name__}: {' '.join(str(cause).split())[:200]}"
        return Row(experiment.id, engine, experiment.run.__name__, "-", said, is_good=False)


if __name__ == "__main__":
    sys.exit(main())
