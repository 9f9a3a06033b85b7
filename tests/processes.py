"""Potluck's commands as real processes."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL")
TICKS_S = 1 / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of loopback that nothing listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used, of all its threads, user and system (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICKS_S


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
