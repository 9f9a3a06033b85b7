"""`potluck import URL|FILE...`: recipes from pages, each in a unit of work of its own."""

import sys
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import anyio
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from potluck.cli.context import run
from potluck.cli.refusals import REFUSED, sentences
from potluck.clients.fetcher.charset import decode_page
from potluck.core.actor import Actor
from potluck.core.errors import AppError, FetchTooLarge, Invalid
from potluck.core.scopes import SCOPES_OF_LOGIN
from potluck.resources import Resources
from potluck.schemas.page_import import ImportRequest
from potluck.services import accounts_admin, imports, recipes

Sources = Annotated[
    list[str], typer.Argument(metavar="URL|FILE...", help="Addresses, or files with saved pages.")
]
Household = Annotated[
    UUID | None, typer.Option(metavar="ID", help="Household; left out, the account's default.")
]
Email = Annotated[
    str | None,
    typer.Option("--user", metavar="EMAIL", help="Account that writes; left out, the only one."),
]
Again = Annotated[bool, typer.Option("--again", help="Save pages the household has already.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be saved.")]


@dataclass(frozen=True)
class Wanted:
    """What the options say about every page."""

    household_id: UUID | None
    again: bool
    dry_run: bool


@dataclass
class Outcome:
    """One line for each page that was read, and one for each that was refused."""

    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def import_pages(
    context: typer.Context,
    sources: Sources,
    household: Household = None,
    user: Email = None,
    again: Again = False,
    dry_run: DryRun = False,
) -> None:
    """Save the recipe on each page; a page that is refused does not keep the others."""
    wanted = Wanted(household, again, dry_run)
    outcome = Outcome()
    try:
        run(context, lambda opened: import_all(opened, sources, user, wanted, outcome))
    finally:
        for line in outcome.done:
            typer.echo(line)
        for line in outcome.refused:
            typer.echo(line, err=True)
    if outcome.refused:
        raise typer.Exit(REFUSED)


async def import_all(
    opened: Resources, sources: list[str], email: str | None, wanted: Wanted, outcome: Outcome
) -> None:
    """Take the pages one after the other and write down in `outcome` what became of each."""
    async with opened.database.reading() as session:
        account = await accounts_admin.acting_account(session, Actor.system(), email)
    actor = Actor(user_id=account.id, scopes=SCOPES_OF_LOGIN)
    # Lines come at the end: a bar and the output of a pipe cannot share a terminal.
    console = Console(file=sys.stderr)
    with Progress(console=console, redirect_stdout=False, redirect_stderr=False) as progress:
        bar = progress.add_task("Importing", total=len(sources))
        for source in sources:
            try:
                outcome.done.append(await import_one(opened, actor, source, wanted))
            except AppError as refusal:
                outcome.refused.append(f"{source}: {sentences(refusal)}")
            progress.advance(bar)


async def import_one(opened: Resources, actor: Actor, source: str, wanted: Wanted) -> str:
    """One line about the recipe that was saved, or would be. Raises as the services."""
    data = await request_for(source, opened.settings.fetch.max_bytes)
    async with opened.database.reading() as session:
        household = await recipes.destination(session, actor, wanted.household_id)
    page = await imports.read_page(
        actor, data, household.id, fetcher=opened.fetcher, reader=opened.page_reader
    )
    if wanted.dry_run:
        async with opened.database.reading() as session:
            result = await imports.preview(session, actor, page, household)
        lines = sum(len(group.lines) for group in result.draft.ingredient_groups)
        steps = sum(len(section.steps) for section in result.draft.sections)
        had = " (the household has it already)" if result.duplicate_of else ""
        amounts = f"{_count(lines, 'ingredient line')}, {_count(steps, 'step')}"
        return f"{result.draft.title}: {amounts}{had}"
    async with opened.database.transaction() as session:
        _, _, saved = await imports.keep(
            session,
            actor,
            page.data,
            imported_via=page.imported_via,
            again=wanted.again,
            now=opened.clock.now(),
        )
    recipe = saved.recipe
    return f"{recipe.title}: {opened.settings.public_url}/recipes/{recipe.id}/{recipe.slug}"


async def request_for(source: str, max_bytes: int) -> ImportRequest:
    """What the API would be sent: an address, or the text of a file of at most `max_bytes`.

    Raises `Invalid` for an address that is none and a file that cannot be read, `FetchTooLarge`.
    """
    try:
        if source.startswith(("http://", "https://")):
            return ImportRequest(url=source)
        async with await anyio.open_file(source, "rb") as file:
            body = await file.read(max_bytes + 1)
        if len(body) > max_bytes:
            raise FetchTooLarge
        return ImportRequest(html=decode_page(body, ""))
    except OSError as error:
        raise Invalid(f"The file cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        raise Invalid(f"{error.errors(include_url=False)[0]['msg']}.") from None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
