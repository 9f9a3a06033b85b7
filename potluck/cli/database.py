"""`potluck migrate`, `potluck purge`, `potluck reindex`."""

from pathlib import Path
from typing import Annotated

import typer

from potluck import backend_pre_start
from potluck.cli.context import load_settings, run
from potluck.core.config import Settings
from potluck.resources import Resources
from potluck.services import recipe_index
from potluck.worker import search_index, trash

Wait = Annotated[float, typer.Option(help="Seconds to wait for the database.")]
DataDir = Annotated[Path | None, typer.Option(help="Folder of everything Potluck keeps.")]


def migrate(wait: Wait = 60.0, data_dir: DataDir = None) -> None:
    """Wait for the database, copy a SQLite file aside, migrate, add the initial data."""
    settings = load_settings(data_dir=data_dir)
    secret = backend_pre_start.prepare(settings, wait_s=wait)
    typer.echo(f"The database {settings.database_url} is up to date.")
    if secret is not None:
        typer.echo(setup_hint(settings, secret))


def purge(context: typer.Context) -> None:
    """Remove for good what has lain in the trash longer than POTLUCK_TRASH__KEEP_DAYS."""

    async def empty(opened: Resources) -> int:
        return await trash.empty(opened.database, opened.settings.trash, opened.clock)

    removed = run(context, empty)
    typer.echo(f"{removed} {'recipe' if removed == 1 else 'recipes'} removed.")


def reindex(context: typer.Context) -> None:
    """Build the search index of every recipe anew; may be ended and started again at any time."""

    async def build(opened: Resources) -> int:
        async with opened.database.transaction() as session:
            count = await recipe_index.request_all(session)
        return await search_index.once(
            opened.database, tell=lambda done: typer.echo(f"{done} of {count}")
        )

    done = run(context, build)
    typer.echo(f"{done} {'recipe' if done == 1 else 'recipes'} indexed.")


def setup_hint(settings: Settings, secret: str) -> str:
    """How to become the first administrator."""
    return (
        f"No administrator yet. Open {settings.public_url}/setup with this one-time secret\n"
        f"(valid 24 hours, also in {settings.data_dir / 'setup-secret'}):\n  {secret}"
    )
