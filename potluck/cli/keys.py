"""`potluck keys ...`: the keys that sign access tokens, and what the master key seals."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from potluck.cli.context import run
from potluck.cli.tables import print_table
from potluck.core import master_key
from potluck.core.master_key import MasterKey
from potluck.domain.key_rotation import KeyLife
from potluck.resources import Resources
from potluck.services import master_key_change, signing_keys
from potluck.services.master_key_change import Change

app = typer.Typer(
    help="The keys that sign access tokens, and what the master key seals.", no_args_is_help=True
)

Now = Annotated[
    bool, typer.Option("--now", help="Let the new key sign in seconds, not minutes: after a leak.")
]
RefuseOld = Annotated[
    bool,
    typer.Option(
        "--refuse-old", help="With --now: refuse every access token there is; programs refresh."
    ),
]
OldKey = Annotated[
    str, typer.Option(help="File of the master key so far; - reads it from standard input.")
]


@app.command("list")
def list_keys(context: typer.Context) -> None:
    """Print every key in the order in which they sign; nothing secret."""

    async def read(opened: Resources) -> list[KeyLife]:
        access_s = opened.settings.tokens.access_s
        async with opened.database.reading() as session:
            return await signing_keys.every(session, now=opened.clock.now(), access_s=access_s)

    rows = [
        (
            life.kid,
            life.state.value,
            told(life.created_at),
            told(life.active_from),
            told(life.retires_at),
            told(life.gone_at),
        )
        for life in run(context, read)
    ]
    print_table(("kid", "state", "created", "active from", "retires at", "gone at"), rows)


@app.command()
def rotate(context: typer.Context, now: Now = False, refuse_old: RefuseOld = False) -> None:
    """Publish a new key and let it sign once everybody can know it, in five and a half minutes.

    The old key goes on verifying what it signed, so nobody notices. Nothing has to be restarted.
    """
    if refuse_old and not now:
        raise typer.BadParameter("--refuse-old goes with --now.")

    async def make(opened: Resources) -> KeyLife:
        async with opened.database.transaction() as session:
            return await signing_keys.rotate(
                session,
                opened.master_key,
                now=opened.clock.now(),
                access_s=opened.settings.tokens.access_s,
                is_soon=now,
                is_old_refused=refuse_old,
            )

    made = run(context, make)
    typer.echo(f"The key {made.kid} signs from {told(made.active_from)} on.")
    if refuse_old:
        typer.echo("Access tokens made before are refused within seconds.")
    else:
        typer.echo("Access tokens made before are good until they expire.")


@app.command()
def rewrap(context: typer.Context, old_key: OldKey) -> None:
    """After a change of the master key: seal under the new one what was sealed under the old.

    The new key is the one of the settings. All of it is done or nothing; nobody has to sign in
    again and no token ends. Stop every process of the service first, start them afterwards.
    """
    old = former_key(old_key)

    async def change(opened: Resources) -> Change | None:
        async with opened.database.transaction() as session:
            return await master_key_change.rewrap(
                session, old, opened.master_key, now=opened.clock.now()
            )

    done = run(context, change)
    if done is None:
        typer.echo("The database belongs to this master key already.")
        return
    typer.echo(f"{done.sealed} sealed values and the database belong to the new master key now.")
    if done.left:
        typer.echo(f"{done.left} could not be opened with the old key, and were left.", err=True)
    typer.echo("Keep the old key for as long as backups from before.")


def former_key(source: str) -> MasterKey:
    """The key of a file, or of standard input for `-`. Raises `ConfigError`."""
    if source == "-":
        return master_key.parse(sys.stdin.read(), "standard input")
    return master_key.read(Path(source))


def told(at: datetime | None) -> str:
    """An instant in UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else "-"
