"""The command line: `potluck serve`, `potluck user create`, ..."""

from potluck.cli.app import app


def main() -> None:
    """Run the command that the arguments name; `potluck.cli.refusals` has the exit statuses."""
    app()
