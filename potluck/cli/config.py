"""`potluck config show`."""

import typer
from rich.console import Console
from rich.table import Table

from potluck.core import config_loading

app = typer.Typer(help="Look at the settings.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Look at the settings."""


@app.command()
def show() -> None:
    """Print every setting with its value and where it comes from; secrets are redacted."""
    settings, sources = config_loading.load_with_sources()
    table = Table("setting", "value", "from", box=None)
    for name, value in config_loading.effective(settings).items():
        table.add_row(name, value, sources[name])
    Console(soft_wrap=True).print(table)
