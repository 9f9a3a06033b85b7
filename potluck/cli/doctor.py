"""`potluck doctor`: says what is wrong with an installation, and how to mend it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import anyio
import typer

from potluck.cli.context import Providers, load_settings
from potluck.cli.refusals import REFUSED
from potluck.core.config import Settings
from potluck.core.config_error import ConfigError
from potluck.resources import open_patient
from potluck.services.doctor.finding import Finding

Full = Annotated[
    bool, typer.Option("--full", help="Read every picture, and compare the words of every recipe.")
]
Strict = Annotated[bool, typer.Option("--strict", help="End with 1 for warnings as well.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for machines.")]
Url = Annotated[
    str | None,
    typer.Option(help="Also ask the running service at the address that people use."),
]
_MARKS = {"ok": "ok", "warning": "WARNING", "error": "ERROR"}


def doctor(
    context: typer.Context,
    full: Full = False,
    strict: Strict = False,
    as_json: AsJson = False,
    url: Url = None,
) -> None:
    """Look at settings, database, recipes, search index, pictures, clock; change nothing.

    Says of each what is wrong and how to mend it. Ends with 1 if something is.
    """
    from potluck.services.doctor import examination  # noqa: PLC0415  no other process needs it

    given = context.ensure_object(Providers)
    tell = _keep_quiet if as_json else _tell
    try:
        settings = load_settings()
    except ConfigError as error:
        findings = examination.refused_settings(error.problems)
        for finding in findings:
            tell(finding)
    else:
        findings = anyio.run(_examined, settings, given, full, url, tell)
    counts = {level: sum(each.level == level for each in findings) for level in _MARKS}
    if as_json:
        typer.echo(json.dumps({"findings": [_plain(each) for each in findings], "counts": counts}))
    else:
        typer.echo(", ".join(f"{count} {level}" for level, count in counts.items()))
    if counts["error"] or (strict and counts["warning"]):
        raise typer.Exit(REFUSED)


async def _examined(
    settings: Settings,
    given: Providers,
    full: bool,
    url: str | None,
    tell: Callable[[Finding], None],
) -> list[Finding]:
    """Every finding; each is told as soon as it is there."""
    from potluck.services.doctor import examination  # noqa: PLC0415

    findings = []
    async with open_patient(settings, clock=given.clock) as opened:
        patient = replace(opened, is_thorough=full, address=url)
        async for finding in examination.examine(patient):
            tell(finding)
            findings.append(finding)
    return findings


def _tell(finding: Finding) -> None:
    typer.echo(f"{_MARKS[finding.level]:8} {finding.check}: {finding.what}")
    if finding.mend:
        typer.echo(f"{'':8} {finding.mend}")


def _keep_quiet(_finding: Finding) -> None:
    """Machines get all at once."""


def _plain(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in ("check", "level", "what", "mend")}
