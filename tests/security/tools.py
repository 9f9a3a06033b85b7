"""The tools of requirements-audit.lock, run from an environment of their own."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.processes import ROOT

ENVIRONMENT = ROOT / ".venv-audit"
WITHIN_S = 300


def run(
    name: str, *arguments: str | Path, folder: Path = ROOT, within_s: float = WITHIN_S
) -> "subprocess.CompletedProcess[str]":
    """Run a tool to its end; subprocess.TimeoutExpired when it takes too long."""
    programs = ENVIRONMENT / "bin"
    environ = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        # Tools that keep something keep it there.
        "HOME": str(ENVIRONMENT),
        "LC_ALL": "C.UTF-8",
        "SEMGREP_SEND_METRICS": "off",
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
    }
    return subprocess.run(
        [programs / name, *arguments],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=within_s,
        check=False,
    )


def tracked(*patterns: str) -> Sequence[str]:
    """Names of the files of the repository that match."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.split("\0") if name]
