"""A Potluck of its own for a test: the real command as a process, on a port of loopback."""

import http.client
import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests import processes

START_WITHIN_S = 60
END_WITHIN_S = 60


class Server:
    """A serving process, and the port it was given."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.port = port

    @property
    def address(self) -> str:
        """No slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> tuple[int, object]:
        """Status and members of an answer in JSON."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def wait_until_ready(self) -> None:
        end = time.monotonic() + START_WITHIN_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.get("/health/ready")[0] == http.client.OK:
                    return
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        pytest.fail("\n".join(self.process.communicate()))

    def end(self) -> int:
        """Wait for its end; gives the exit code."""
        self.process.communicate(timeout=END_WITHIN_S)
        return self.process.returncode


@contextmanager
def served(
    folder: Path,
    *flags: str,
    settings: Mapping[str, str],
    command: tuple[str, ...] = ("-m", "potluck"),
    root: Path = processes.ROOT,
) -> Iterator[Server]:
    """`potluck serve --migrate` of the code in `root`, until the block ends."""
    port = processes.free_port()
    arguments = (*command, "serve", "--migrate", "--port", str(port), *flags)
    process = processes.start(*arguments, folder=folder, settings=settings, root=root)
    try:
        server = Server(process, port)
        server.wait_until_ready()
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=END_WITHIN_S)


@contextmanager
def serving(folder: Path, *flags: str, **settings: str) -> Iterator[Server]:
    """`served` of the code that is tested."""
    with served(folder, *flags, settings=settings) as server:
        yield server
