"""Potluck's commands as real processes."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL")


def environment(root: Path = ROOT, **settings: str) -> dict[str, str]:
    """These settings and no others; `python -m potluck` is the one of `root`."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"PYTHONPATH": str(root), "POTLUCK_ENV_FILE": os.devnull} | settings


def start(
    *arguments: str, folder: Path, root: Path = ROOT, **settings: str
) -> "subprocess.Popen[str]":
    """Start `python ARGUMENTS` in a folder."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(root, **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    *arguments: str, folder: Path, root: Path = ROOT, **settings: str
) -> "subprocess.CompletedProcess[str]":
    """Run `python ARGUMENTS` to its end."""
    process = start(*arguments, folder=folder, root=root, **settings)
    output, said = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, output, said)
