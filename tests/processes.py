"""Potluck's commands as real processes."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL")


def environment(root: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """These settings and no others; `python -m potluck` is the one of `root`."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(root), "POTLUCK_ENV_FILE": os.devnull, **settings}


def start(
    *arguments: str, folder: Path, settings: Mapping[str, str], root: Path = ROOT
) -> "subprocess.Popen[str]":
    """Start `python ARGUMENTS` in a folder."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(root, settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    *arguments: str, folder: Path, settings: Mapping[str, str], root: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    """Run `python ARGUMENTS` to its end."""
    process = start(*arguments, folder=folder, settings=settings, root=root)
    output, said = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, output, said)
