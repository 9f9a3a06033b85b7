"""`potluck keys ...`: the keys that sign access tokens."""

from datetime import datetime
from typing import Annotated

import typer

from potluck.cli.context import run
from potluck.cli.tables import print_table
from potluck.domain.key_rotation import KeyLife
from potluck.resources import Resources
from potluck.services import signing_keys

app = typer.Typer(help="See and rotate the keys that sign access tokens.", no_args_is_help=True)

Now = Annotated[
    bool, typer.Option("--now", help="Let the new key sign in seconds, not minutes: after a leak.")
]
RefuseOld = Annotated[
    bool,
    typer.Option(
        "--refuse-old", help="With --now: refuse every access token there is; programs refresh."
    ),
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


def told(at: datetime | None) -> str:
    """An instant in UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else "-"
