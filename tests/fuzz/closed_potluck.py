"""Potluck's command with a fetcher that reaches nobody: `python -m tests.fuzz.closed_potluck`.

For machines that give us no network namespace; a name is not even looked up.
"""

import sys

from potluck.cli import main
from potluck.clients.fetcher import dialling


async def resolve_nothing(host: str, port: int) -> list[str]:
    """As on a machine without a network."""
    raise OSError(f"no way out to {host}:{port}")


if __name__ == "__main__":
    # Defaults are bound when a function is made; this is the one place that names the resolver.
    defaults = dialling.Dialler.__init__.__kwdefaults__
    defaults["resolve"] = resolve_nothing
    sys.exit(main())
