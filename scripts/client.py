"""Generate a typed Python client from the OpenAPI document, check its types, and drive it.

    client.py [ADDRESS]

The tools live in an environment of their own beside the one that runs this, from
requirements-client.lock; the client ends up in its folder `generated`. With the address of a
running Potluck, an empty one, the program of docs/how-to/write-a-client.md goes through the core.
Leaves with status 3 when the environment could not be made, as without a package index.
"""
# ruff: noqa: S603 - every command is built here, from paths and constants

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "reference" / "openapi.json"
CONFIG = ROOT / "scripts" / "client.yaml"
FLOW = ROOT / "docs" / "how-to" / "client-code" / "core_flow.py"
NO_ENVIRONMENT = 3


def run(*command: str | Path, **variables: str) -> int:
    """Run one step with its output shown, with these variables on top; gives its status."""
    done = subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=False)
    return done.returncode


def generate(venv: Path, target: Path) -> int:
    """Make the client anew; whatever the generator cannot make of the document is a failure."""
    tools = venv / "bin"
    return run(
        tools / "openapi-python-client",
        *("generate", "--path", DOCUMENT, "--output-path", target, "--config", CONFIG),
        *("--meta", "none", "--overwrite", "--fail-on-warning"),
        # Finds the formatter beside it.
        PATH=f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
    )


def check_types(venv: Path, target: Path) -> int:
    """The client, and strictly the program that uses it, with our type checker."""
    return run(
        *(sys.executable, "-m", "mypy", "--config-file=", "--strict", "--no-error-summary"),
        *("--python-executable", venv / "bin" / "python", "--cache-dir", venv / "mypy-cache"),
        *(target, FLOW),
        MYPYPATH=str(target.parent),
    )


def main(address: str = "") -> int:
    """0 when every step worked."""
    prefix = Path(sys.prefix)
    venv = prefix.with_name(f"{prefix.name}-client")
    if run(sys.executable, "-I", ROOT / "scripts" / "environment.py", "client", venv):
        return NO_ENVIRONMENT
    target = venv / "generated" / "potluck_client"
    target.parent.mkdir(exist_ok=True)
    if generate(venv, target) or check_types(venv, target):
        return 1
    if not address:
        return 0
    return 1 if run(venv / "bin" / "python", FLOW, address, PYTHONPATH=str(target.parent)) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
