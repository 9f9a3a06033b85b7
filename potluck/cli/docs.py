"""`potluck docs`: writes the reference pages, or says which are out of date."""

from pathlib import Path
from typing import Annotated

import typer

Check = Annotated[bool, typer.Option("--check", help="Write nothing; fail when a page differs.")]
Folder = Annotated[Path, typer.Option(help="Folder of the pages.")]


def docs(
    context: typer.Context, check: Check = False, folder: Folder = Path("docs/reference")
) -> None:
    """Write the reference pages about settings, commands and dependencies from the program."""
    for name, text in pages(context).items():
        path = folder / name
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        if check:
            typer.echo(f"{path} is out of date: run `potluck docs`", err=True)
            raise typer.Exit(1)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        typer.echo(f"{path} written.")


def pages(context: typer.Context) -> dict[str, str]:
    """Each page by the name of its file."""
    from potluck.cli.reference import (  # noqa: PLC0415 - builds the app, which takes a second
        commands_page,
        dependencies_page,
        settings_page,
    )

    return {
        "settings.md": settings_page.page(),
        "cli.md": commands_page.page(context.find_root().command),
        "dependencies.md": dependencies_page.page(),
    }
