"""A server process that is measured: its CPU, its memory, how long until it answers."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.service import load
from tests import processes

READY_WITHIN_S = 30
ALIVE = load.request("GET", "/health/live")


@dataclass(frozen=True)
class Server:
    """A running server; `started_s` is the time from its start to its first answer."""

    pid: int
    port: int
    started_s: float

    def cpu_s(self) -> float:
        """Seconds of CPU it has used."""
        return processes.cpu_s(self.pid)

    def rss_mb(self) -> float:
        """Megabytes that it has resident."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        found = next(line for line in lines if line.startswith("VmRSS:"))
        return int(found.split()[1]) / 1024


@asynccontextmanager
async def started(
    command: Sequence[str], settings: Mapping[str, str], folder: Path, *, core: int = 0
) -> AsyncIterator[Server]:
    """Run `python COMMAND`, which serves, in one process on one core."""
    port = processes.free_port()
    environment = {**settings, "POTLUCK_SERVER__PORT": str(port)}
    begin = time.perf_counter()
    process = processes.start(*command, folder=folder, settings=environment)
    try:
        os.sched_setaffinity(process.pid, {core})
        await _answers(process, port)
        yield Server(process.pid, port, time.perf_counter() - begin)
    finally:
        process.terminate()
        process.communicate(timeout=30)


async def _answers(process: "subprocess.Popen[str]", port: int) -> None:
    end = time.perf_counter() + READY_WITHIN_S
    while time.perf_counter() < end:
        try:
            await load.ask(port, ALIVE)
        except OSError:
            if process.poll() is not None:
                sys.exit(f"the server ended: {process.communicate()[1][-2000:]}")
            await asyncio.sleep(0.005)
        else:
            return
    sys.exit(f"the server did not answer within {READY_WITHIN_S} s")
