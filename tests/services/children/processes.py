"""Looking at child processes from outside."""

import os
from pathlib import Path

import anyio
import pytest

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")


def living(program: str) -> set[int]:
    """Process ids of this process's children that run `program`."""
    own = os.getpid()
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        parent = int(text.rpartition(")")[2].split()[1])
        if parent == own and program.encode() in command:
            found.add(int(status.parent.name))
    return found


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def limits_of(pid: int) -> dict[str, str]:
    """Soft limits of a process by name."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return {line[:26].strip(): line[26:].split()[0] for line in lines}


def peak_kb(pid: int | str = "self") -> int:
    """The most memory that a process has had since `forget_peak`, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def forget_peak(pid: int | str = "self") -> int:
    """Begins a new measurement (proc_pid_clear_refs(5)); gives what is in use now, in KiB."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak_kb(pid)


async def wait_for_end(pid: int) -> None:
    """Returns when the process has ended, which need not be a child of ours."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        await anyio.wait_readable(descriptor)
    finally:
        os.close(descriptor)
