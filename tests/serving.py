"""A Potluck of its own for a test: the real command as a process, on a port of loopback."""

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import processes

START_WITHIN_S = 60.0
END_WITHIN_S = 60.0


class NotServing(Exception):
    """The process ended, or did not become ready; the text is what it said."""


@dataclass
class Server:
    """A serving process, the port it was given, and the files that hold what it says."""

    process: "subprocess.Popen[bytes]"
    port: int
    output: Path
    log: Path
    started_at: float = field(default_factory=time.monotonic)

    @property
    def url(self) -> str:
        """No slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, timeout_s: float = 5.0) -> tuple[int, Any]:
        """Status and JSON of an answer; OSError when there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        with closing(connection):
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read())
            except http.client.HTTPException as error:
                raise ConnectionError(str(error)) from error

    def wait_until_ready(self) -> float:
        """Return when it can serve, with the seconds since its start; raises NotServing."""
        end = time.monotonic() + START_WITHIN_S
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if self.get("/health/ready")[0] == http.client.OK:
                    return time.monotonic() - self.started_at
            time.sleep(0.02)
        self.kill()
        raise NotServing(self.said())

    def kill(self) -> None:
        """Kill -9: nothing is finished, nothing is closed."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.end()

    def terminate(self) -> None:
        """SIGTERM, without waiting."""
        self.process.send_signal(signal.SIGTERM)

    def end(self) -> int:
        """Wait for its end; gives the exit status."""
        return self.process.wait(timeout=END_WITHIN_S)

    def said(self) -> str:
        """Everything that it wrote: what is meant for whoever started it, then its log."""
        return "".join(
            path.read_text(encoding="utf-8", errors="replace") for path in (self.output, self.log)
        )


def launch(
    command: Sequence[str],
    *,
    port: int,
    folder: Path,
    environment: Mapping[str, str],
    kept: Path,
    **options: Any,
) -> Server:
    """Start a server in a folder without waiting; what it says is kept in the new folder `kept`."""
    kept.mkdir()
    output, log = kept / "output", kept / "log"
    with output.open("wb") as stdout, log.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            **options,
        )
    return Server(process, port, output, log)


@contextmanager
def launched(
    folder: Path,
    *flags: str,
    settings: Mapping[str, str],
    command: tuple[str, ...] = ("-m", "potluck"),
    root: Path = processes.ROOT,
) -> Iterator[Server]:
    """`potluck serve` of the code in `root`, until the block ends; it may not be ready yet."""
    port = processes.free_port()
    arguments = [sys.executable, *command, "serve", "--port", str(port), *flags]
    environment = processes.environment(root, settings)
    with tempfile.TemporaryDirectory() as name:
        server = launch(
            arguments, port=port, folder=folder, environment=environment, kept=Path(name, "said")
        )
        try:
            yield server
        finally:
            server.terminate()
            try:
                server.end()
            except subprocess.TimeoutExpired:
                server.kill()
                raise


@contextmanager
def served(folder: Path, *flags: str, **options: Any) -> Iterator[Server]:
    """`launched` with `--migrate`, when it is ready; raises NotServing."""
    with launched(folder, "--migrate", *flags, **options) as server:
        server.wait_until_ready()
        yield server


@contextmanager
def serving(folder: Path, *flags: str, **settings: str) -> Iterator[Server]:
    """`served` of the code that is tested."""
    with served(folder, *flags, settings=settings) as server:
        yield server
