"""What a child may take of the machine; it puts these on itself before it reads anything."""

import sys
import time
from dataclasses import dataclass

if sys.platform != "win32":
    import resource


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """Limits of one child process.

    `memory_bytes` of addresses, `processor_s` seconds of processor time for one task, `open_files`
    descriptors. It writes no file and no core dump whatever is said here.
    """

    memory_bytes: int
    processor_s: int
    open_files: int = 64


def limit_process(limits: ProcessLimits) -> None:
    """Memory, files and core dumps of this process; systems without a limit go without it."""
    if sys.platform == "win32":
        return
    for kind, amount in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_DATA, limits.memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, limits.open_files),
    ):
        _lower(kind, amount)


def _lower(kind: int, amount: int) -> None:
    _, hard = resource.getrlimit(kind)
    highest = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    try:
        resource.setrlimit(kind, (highest, highest))
    except (OSError, ValueError):  # macOS knows RLIMIT_AS and refuses to set it
        return


def limit_processor(limits: ProcessLimits) -> None:
    """Ends this process when its next task takes more than its share of processor time."""
    if sys.platform != "win32":
        used = int(time.process_time()) + 1
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (used + limits.processor_s, hard))
