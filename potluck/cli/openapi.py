"""`potluck openapi`: the description of the API that the committed document must equal."""

import json
from pathlib import Path
from typing import Annotated

import typer

from potluck.core.config import Settings

Check = Annotated[Path | None, typer.Option(help="Fail unless this file is the document.")]
Write = Annotated[Path | None, typer.Option(help="Write the document to this file.")]
Number = Annotated[int, typer.Option(min=1, help="Which version of the API to describe.")]


def openapi(check: Check = None, write: Write = None, number: Number = 1) -> None:
    """Print the OpenAPI document of a version, as it is served with the default settings."""
    text = document(number)
    if write is not None:
        write.parent.mkdir(parents=True, exist_ok=True)
        write.write_text(text, "utf-8")
        typer.echo(f"{write} written.")
    elif check is None:
        typer.echo(text, nl=False)
    elif not check.is_file() or check.read_text("utf-8") != text:
        typer.echo(f"{check} is out of date: run `potluck openapi --write {check}`", err=True)
        raise typer.Exit(1)


def document(number: int) -> str:
    """The document as text: two blanks of indentation, one line feed at the end.

    Only the defaults count: an operator's settings must not show in what everybody compares with.
    """
    # A second of imports that no other command needs.
    from potluck.api.versions import document_of  # noqa: PLC0415
    from potluck.main import api_versions, create_app  # noqa: PLC0415

    settings = Settings.model_construct()
    version = next((each for each in api_versions(settings) if each.number == number), None)
    if version is None:
        typer.echo(f"there is no version {number} of the API", err=True)
        raise typer.Exit(2)
    described = document_of(create_app(settings), version)
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"
