"""`potluck token ...`: personal tokens of any account, by the operator."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer
from pydantic import ValidationError

from potluck.cli.context import run
from potluck.cli.refusals import invalid
from potluck.cli.tables import print_table
from potluck.core.actor import Actor
from potluck.core.scopes import SCOPES_OF_TOKENS
from potluck.resources import Resources
from potluck.schemas import NewPersonalToken, PersonalToken, PersonalTokenCreate
from potluck.services import accounts_admin, personal_tokens

app = typer.Typer(help="Make and revoke the tokens of scripts.", no_args_is_help=True)

User = Annotated[
    str | None, typer.Option(metavar="EMAIL", help="Whose; left out, the only account there is.")
]
Name = Annotated[str, typer.Option(help="What it is for, in words.")]
Scopes = Annotated[
    list[str],
    typer.Option(
        "--scope",
        metavar="SCOPE",
        help=f"What it may be used for; may be repeated: {', '.join(sorted(SCOPES_OF_TOKENS))}.",
    ),
]
Household = Annotated[
    UUID | None, typer.Option(metavar="ID", help="Nothing but this household; left out, all.")
]
Days = Annotated[int, typer.Option("--expires-in-days", min=1, max=3653, help="Its life in days.")]
NoEnd = Annotated[bool, typer.Option("--no-end", help="It ends when it is revoked, never before.")]

SYSTEM = Actor.system()


@app.command()
def create(
    context: typer.Context,
    name: Name,
    scope: Scopes,
    user: User = None,
    household: Household = None,
    expires_in_days: Days = 90,
    no_end: NoEnd = False,
) -> None:
    """Make a token and print it, this once, and nothing else."""

    async def make(opened: Resources) -> NewPersonalToken:
        now = opened.clock.now()
        end = None if no_end else now + timedelta(days=expires_in_days)
        data = checked(name, scope, household, end)
        key = await opened.personal_token_key.get()
        async with opened.database.transaction() as session:
            owner = await accounts_admin.acting_account(session, SYSTEM, user)
            actor = Actor(user_id=owner.id, scopes=SCOPES_OF_TOKENS)
            return await personal_tokens.create(session, actor, data, key=key, now=now)

    typer.echo(run(context, make).token)


@app.command("list")
def list_tokens(context: typer.Context, user: User = None) -> None:
    """Print the tokens of an account that were not revoked, newest first."""

    async def read(opened: Resources) -> list[PersonalToken]:
        async with opened.database.reading() as session:
            owner = await accounts_admin.acting_account(session, SYSTEM, user)
            return await personal_tokens.of_user(session, SYSTEM, owner.id)

    rows = [
        (
            str(token.id),
            token.name,
            f"...{token.hint}",
            f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "never",
            f"{token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never",
            str(token.household_id or "all"),
            " ".join(token.scopes),
        )
        for token in run(context, read)
    ]
    print_table(("id", "name", "token", "expires", "last used", "household", "scopes"), rows)


@app.command()
def revoke(
    context: typer.Context,
    id: Annotated[UUID, typer.Argument(metavar="ID", help="As `potluck token list` prints it.")],
) -> None:
    """End a token: from the next request on it opens nothing."""

    async def end(opened: Resources) -> PersonalToken:
        async with opened.database.transaction() as session:
            token = await personal_tokens.get(session, SYSTEM, id)
            await personal_tokens.revoke(session, SYSTEM, id, now=opened.clock.now())
            return token

    token = run(context, end)
    typer.echo(f"The token {token.name} (...{token.hint}) is revoked.")


def checked(
    name: str, scopes: list[str], household: UUID | None, end: datetime | None
) -> PersonalTokenCreate:
    """What a new token needs. Raises `Invalid`."""
    expires_at = end and end.isoformat()
    members = {"name": name, "scopes": scopes, "household_id": household, "expires_at": expires_at}
    try:
        return PersonalTokenCreate.model_validate(members)
    except ValidationError as error:
        raise invalid(error, "The token cannot be made like this.") from None
