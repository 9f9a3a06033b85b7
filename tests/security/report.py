"""The table that `make security` prints: one row for each step."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """A step, what it found, and the figure that shows how much it looked at."""

    step: str
    figure: str
    findings: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """One word, the first of the printed row."""
        return "FAILED" if self.findings else "ok"


def as_table(rows: Iterable[Row]) -> str:
    """Rows as a Markdown table, so that it can be put into a page as it is."""
    lines = ["| | step | findings | looked at |", "|---|---|---|---|"]
    lines += [
        f"| {row.verdict} | {row.step} | {len(row.findings)} | {row.figure} |" for row in rows
    ]
    return "\n".join(lines)
