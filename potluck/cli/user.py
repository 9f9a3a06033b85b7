"""`potluck user ...`: accounts, by the operator. Where there is no mail, this is the way back."""

import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated

import typer
from pydantic import ValidationError

from potluck.cli.context import run
from potluck.cli.refusals import invalid
from potluck.cli.tables import print_table
from potluck.core.actor import Actor
from potluck.models import User
from potluck.resources import Resources
from potluck.schemas.user import UserCreate
from potluck.services import accounts, accounts_admin, setup

app = typer.Typer(help="Make and change accounts.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(metavar="EMAIL", help="Address of the account.")]
Name = Annotated[str | None, typer.Option(help="Name to show; left out, the address up to the @.")]
Admin = Annotated[bool, typer.Option("--admin", help="An administrator of the instance.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]

SYSTEM = Actor.system()


@app.command()
def create(
    context: typer.Context,
    email: Address,
    name: Name = None,
    admin: Admin = False,
    password_stdin: FromStdin = False,
) -> None:
    """Make an account with a household of its own; asks for the password."""
    password = ask_password(from_stdin=password_stdin)
    data = checked(email, password, name or email.partition("@")[0])

    async def make(opened: Resources) -> User:
        hashed = await hash_of(opened, password, accounts.names_of(data))
        async with opened.database.transaction() as session:
            user = await accounts_admin.create(
                session, SYSTEM, data, hashed, is_administrator=admin, clock=opened.clock
            )
        if admin:
            setup.remove_secret(opened.settings.data_dir)
        return user

    user = run(context, make)
    typer.echo(f"{user.email} can sign in.")


@app.command("list")
def list_accounts(context: typer.Context) -> None:
    """Print every account, oldest first."""

    async def read(opened: Resources) -> list[User]:
        async with opened.database.reading() as session:
            return await accounts_admin.all_accounts(session, SYSTEM)

    rows = [
        (
            user.email,
            user.display_name,
            "administrator" if user.is_instance_admin else "",
            "disabled" if user.disabled_at else "",
            f"{user.created_at:%Y-%m-%d}",
        )
        for user in run(context, read)
    ]
    print_table(("address", "name", "rights", "state", "since"), rows)


@app.command("reset-password")
def reset_password(
    context: typer.Context, email: Address, password_stdin: FromStdin = False
) -> None:
    """Give an account another password and sign it out everywhere; asks for the password."""
    password = ask_password(from_stdin=password_stdin)

    async def change(opened: Resources) -> User:
        async with opened.database.reading() as session:
            names = await accounts_admin.names_of(session, SYSTEM, email)
        hashed = await hash_of(opened, password, names)
        async with opened.database.transaction() as session:
            user = await accounts_admin.reset_password(
                session, SYSTEM, email, hashed, clock=opened.clock
            )
            await opened.sign_ins.open_again(session, user.email)
            return user

    user = run(context, change)
    typer.echo(f"{user.email} has a new password and is signed out everywhere.")


@app.command("reset-link")
def reset_link(context: typer.Context, email: Address) -> None:
    """Print a link with which the owner of an account chooses another password, once."""

    async def make(opened: Resources) -> tuple[str, datetime]:
        async with opened.database.transaction() as session:
            path, until = await accounts_admin.reset_link(
                session, SYSTEM, email, clock=opened.clock
            )
        return opened.settings.public_url + path, until

    link, until = run(context, make)
    typer.echo(link)
    typer.echo(f"Works once, until {until:%Y-%m-%d %H:%M} UTC.", err=True)


@app.command()
def promote(context: typer.Context, email: Address) -> None:
    """Make an account an administrator of the instance."""
    user = run(context, partial(_changed, accounts_admin.promote, email))
    typer.echo(f"{user.email} is an administrator.")


@app.command()
def demote(context: typer.Context, email: Address) -> None:
    """Take an account's rights as administrator; the last administrator keeps them."""
    user = run(context, partial(_changed, accounts_admin.demote, email))
    typer.echo(f"{user.email} is no administrator.")


@app.command()
def disable(context: typer.Context, email: Address) -> None:
    """Sign an account out everywhere and let it sign in no more; its recipes stay."""
    user = run(context, partial(_changed, accounts_admin.disable, email))
    typer.echo(f"{user.email} is disabled and signed out everywhere.")


@app.command()
def enable(context: typer.Context, email: Address) -> None:
    """Let a disabled account sign in again."""
    user = run(context, partial(_changed, accounts_admin.enable, email))
    typer.echo(f"{user.email} can sign in.")


@app.command()
def unblock(context: typer.Context, email: Address) -> None:
    """Let an account be signed in to that wrong passwords keep closed for a while."""

    async def open_again(opened: Resources) -> User:
        async with opened.database.transaction() as session:
            return await accounts_admin.unblock(
                session, SYSTEM, email, sign_ins=opened.sign_ins, now=opened.clock.now()
            )

    user = run(context, open_again)
    typer.echo(f"{user.email} can be signed in to; running servers know it within 10 seconds.")


async def _changed(change: Callable[..., Awaitable[User]], email: str, opened: Resources) -> User:
    async with opened.database.transaction() as session:
        user = await change(session, SYSTEM, email, clock=opened.clock)
    if user.is_instance_admin:  # so the setup is closed, and its secret of no use
        setup.remove_secret(opened.settings.data_dir)
    return user


def ask_password(*, from_stdin: bool) -> str:
    """The password, typed twice without echo or the first line of standard input.

    It is never an argument: those stand in the process list and in the shell's history.
    """
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        raise typer.BadParameter("there is no terminal to ask on: use --password-stdin")
    return password


def checked(email: str, password: str, name: str) -> UserCreate:
    """What a new account needs. Raises `Invalid`, which repeats no value."""
    try:
        return UserCreate(email=email, password=password, display_name=name)
    except ValidationError as error:
        raise invalid(error, "The account cannot be made like this.") from None


async def hash_of(opened: Resources, password: str, names: list[str]) -> str:
    """The hash of a new password of an account with these names. Raises `Invalid`."""
    minimum = opened.settings.password.min_length
    return await accounts.hash_new_password(password, minimum, names, opened.passwords)
