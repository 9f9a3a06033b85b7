"""The command line: `potluck serve`, `potluck user create`, ...

Exit status: 0 done, 1 refused (the sentence says why), 2 wrong usage, 78 the settings are wrong
(EX_CONFIG of sysexits.h).
"""

import sys

from potluck.cli.app import app
from potluck.core.config_error import ConfigError
from potluck.core.errors import AppError

EX_CONFIG = 78


def main() -> None:
    """Run the command that the arguments name, and turn refusals into one clear sentence."""
    try:
        app()
    except ConfigError as error:
        sys.stderr.write("The settings are not right:\n")
        for problem in error.problems:
            sys.stderr.write(f"  - {problem}\n")
        sys.exit(EX_CONFIG)
    except AppError as error:
        sys.stderr.write(f"{error.title}. {error.detail or ''}".rstrip() + "\n")
        for broken in error.extra.get("errors", []):
            sys.stderr.write(f"  - {broken['detail']}\n")
        sys.exit(1)
