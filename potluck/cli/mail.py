"""`potluck mail ...`: whether mail leaves."""

from typing import Annotated

import typer

from potluck.cli.context import run
from potluck.cli.refusals import REFUSED
from potluck.clients.email import MailFailure
from potluck.core.ids import new_id
from potluck.resources import Resources
from potluck.schemas.mail import TrialMail

app = typer.Typer(help="See whether mail leaves.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(metavar="EMAIL", help="Where to send it.")]
Language = Annotated[str, typer.Option(help="Language of the mail: en or de.")]


@app.callback()
def group() -> None:
    """See whether mail leaves."""


@app.command("test")
def send_test(context: typer.Context, email: Address, language: Language = "en") -> None:
    """Send a mail by the settings at once, and say what the mail server said to it."""

    async def send(opened: Resources) -> str:
        await opened.mails.send_now(
            TrialMail(), to=email, locale=language, id=str(new_id()), now=opened.clock.now()
        )
        return opened.mails.mailer.place

    try:
        place = run(context, send)
    except MailFailure as error:
        typer.echo(f"The mail was not sent. {error.reason}", err=True)
        raise typer.Exit(REFUSED) from None
    typer.echo(f"The mail went to {place}.")
