"""Refusals on the command line: one clear sentence and an exit status, never a traceback.

Exit status: 0 done, 1 refused (the sentence says why), 2 wrong usage, 78 the settings are wrong
(EX_CONFIG of sysexits.h).
"""

from typing import Any

import typer
from typer.core import TyperGroup

from potluck.core.config_error import ConfigError
from potluck.core.errors import AppError

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


def sentences(error: AppError) -> str:
    """What was refused, why, and what to do, in one line for each broken member."""
    whole = [f"{error.title}."]
    if error.detail:
        whole.append(error.detail)
    if error.extra.get("next_step"):
        whole.append(error.extra["next_step"])
    broken = [f"  - {each['detail']}" for each in error.extra.get("errors", [])]
    return "\n".join([" ".join(whole), *broken])
