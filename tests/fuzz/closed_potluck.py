"""Potluck's command with a fetcher that reaches nobody: `python -m tests.fuzz.closed_potluck`.

For machines that give us no network namespace; a name is not even looked up.
"""

from potluck.cli import main
from potluck.clients.fetcher import dialling


async def resolve_nothing(host: str, port: int) -> list[str]:
    """As on a machine without a network."""
    raise OSError(f"no way out to {host}:{port}")


if __name__ == "__main__":
    # The default is bound when the function is made; this is the one place that names it.
    named = dialling.Dialler.__init__.__kwdefaults__ or {}
    named["resolve"] = resolve_nothing
    main()
