"""Look for weaknesses and print what was found: `python -m tests.security`, `make security`.

    python -m tests.security [--only static|sql|timing] [--engine sqlite]

Needs the environment of requirements-audit.lock in .venv-audit, which the make target makes. The
exit status is 1 when something was found or could not be looked at.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.kitchen import ENGINES
from tests.fuzz.namespace import entered
from tests.security import injection, static_checks, timing
from tests.security.report import Row, as_table

PARTS = ("static", "sql", "timing")


def main() -> int:
    """Take every step; 1 when one found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.security")
    parser.add_argument("--only", choices=PARTS, help="one part only")
    parser.add_argument("--engine", choices=ENGINES, help="one engine only")
    arguments = parser.parse_args()
    is_isolated = entered("tests.security", sys.argv[1:])
    if not is_isolated:
        tell("*** NO NETWORK NAMESPACE on this machine: Potluck's fetcher is told to dial nobody")
    started = time.monotonic()
    rows: list[Row] = []
    engines = (arguments.engine,) if arguments.engine else ENGINES
    parts = (arguments.only,) if arguments.only else PARTS
    for row in steps(parts, engines, is_isolated=is_isolated):
        rows.append(row)
        tell(f"{row.verdict:8}{row.step}: {row.figure}")
        tell("".join(f"        {finding}\n" for finding in row.findings[:50]), end="")
    tell(f"\n{as_table(rows)}\n\n{len(rows)} steps in {time.monotonic() - started:.0f} s")
    return 0 if all(row.verdict == "ok" for row in rows) else 1


def steps(parts: tuple[str, ...], engines: tuple[str, ...], *, is_isolated: bool) -> Iterator[Row]:
    """Every step of these parts."""
    if "static" in parts:
        with tempfile.TemporaryDirectory(prefix="potluck-rules-") as folder:
            yield static_checks.rules_see_their_examples(Path(folder))
        yield static_checks.product_keeps_the_rules()
        with tempfile.TemporaryDirectory(prefix="potluck-workflows-") as folder:
            yield from static_checks.workflows(Path(folder))
        yield from static_checks.secrets()
    if "sql" in parts:
        yield injection.control()
        for engine in engines:
            yield from injection.attacked(engine, is_isolated=is_isolated)
    if "timing" in parts:
        for engine in engines:
            yield from timing.told_apart(engine, is_isolated=is_isolated)


def tell(text: str, end: str = "\n") -> None:
    """Print at once."""
    sys.stdout.write(f"{text}{end}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
