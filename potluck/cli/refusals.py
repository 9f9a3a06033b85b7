"""Refusals on the command line: one clear sentence and an exit status, never a traceback.

Exit status: 0 done, 1 refused (the sentence says why), 2 wrong usage, 78 the settings are wrong
(EX_CONFIG of sysexits.h).
"""

from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from potluck.core.config_error import ConfigError
from potluck.core.errors import AppError, Invalid

REFUSED = 1
EX_CONFIG = 78


class RefusingGroup(TyperGroup):
    """Runs a command and tells what it refused."""

    def invoke(self, ctx: Any) -> Any:
        """Give what the command gives, or end with the status of the refusal."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            typer.echo("The settings are not right:", err=True)
            for problem in error.problems:
                typer.echo(f"  - {problem}", err=True)
            raise typer.Exit(EX_CONFIG) from None
        except AppError as error:
            typer.echo(sentences(error), err=True)
            raise typer.Exit(REFUSED) from None


def invalid(error: ValidationError, detail: str) -> Invalid:
    """The refusal of what was typed; it names the members and repeats no value."""
    broken = [
        {"in": "form", "pointer": f"/{each['loc'][0]}", "code": each["type"]}
        | {"detail": f"{each['loc'][0]}: {each['msg']}"}
        for each in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return Invalid(detail, errors=broken)


def sentences(error: AppError) -> str:
    """What was refused, why, and what to do, in one line for each broken member."""
    whole = [f"{error.title}."]
    if error.detail:
        whole.append(error.detail)
    if error.extra.get("next_step"):
        whole.append(error.extra["next_step"])
    broken = [f"  - {each['detail']}" for each in error.extra.get("errors", [])]
    return "\n".join([" ".join(whole), *broken])
