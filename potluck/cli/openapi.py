"""`potluck openapi`: the description of the API that the committed document must equal."""

import json
from pathlib import Path
from typing import Annotated

import typer

from potluck.core.config import Settings

Check = Annotated[Path | None, typer.Option(help="Fail unless this file is the document.")]
Write = Annotated[Path | None, typer.Option(help="Write the document to this file.")]


def openapi(check: Check = None, write: Write = None) -> None:
    """Print the OpenAPI document of this version, as it is served with the default settings."""
    text = document()
    if write is not None:
        write.parent.mkdir(parents=True, exist_ok=True)
        write.write_text(text, "utf-8")
        typer.echo(f"{write} written.")
    elif check is None:
        typer.echo(text, nl=False)
    elif not check.is_file() or check.read_text("utf-8") != text:
        typer.echo(f"{check} is out of date: run `potluck openapi --write {check}`", err=True)
        raise typer.Exit(1)


def document() -> str:
    """The document as text: two blanks of indentation, one line feed at the end.

    Only the defaults count: an operator's settings must not show in what everybody compares with.
    """
    from potluck.main import create_app  # noqa: PLC0415 - a second of imports no other command needs

    app = create_app(Settings.model_construct())
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"
