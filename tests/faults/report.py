"""The table that `make faults` prints: one row for each experiment and engine."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was done, what must come of it, and what was seen."""

    id: str
    engine: str
    what: str
    expected: str
    seen: str
    is_good: bool | None
    """None when the machine cannot run it; `seen` says why."""

    @property
    def verdict(self) -> str:
        """One word, the first of the printed row."""
        return {True: "ok", False: "FAILED", None: "skipped"}[self.is_good]


def skipped(id: str, engine: str, what: str, why: str) -> Row:
    """The row of an experiment that this machine cannot run."""
    return Row(id, engine, what, "-", f"NOT RUN: {why}", None)


def as_table(rows: Iterable[Row]) -> str:
    """Rows as a Markdown table, so that it can be put into a page as it is."""
    lines = ["| | id | engine | what | expected | seen |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.verdict} | {row.id} | {row.engine} | {row.what} | {row.expected} | {row.seen} |"
        for row in rows
    ]
    return "\n".join(lines)


def tell(row: Row) -> None:
    """Print a row as soon as it is known."""
    sys.stdout.write(f"{row.verdict:8}{row.id:10}{row.engine:11}{row.what}: {row.seen}\n")
    sys.stdout.flush()
