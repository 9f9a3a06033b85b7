"""`potluck config show`."""

import typer

from potluck.cli.tables import print_table
from potluck.core import config_loading

app = typer.Typer(help="Look at the settings.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Look at the settings."""


@app.command()
def show() -> None:
    """Print every setting with its value and where it comes from; secrets are redacted."""
    settings, sources = config_loading.load_with_sources()
    values = config_loading.effective(settings)
    rows = [(name, value, sources[name]) for name, value in values.items()]
    print_table(("setting", "value", "from"), rows)
