"""Tables for people and for grep: a line for a row, whatever the width of the window."""

from collections.abc import Iterable, Sequence

import typer


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print the rows below their heads, in columns two blanks apart."""
    lines = [heads, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())
