"""A Potluck under test: its data, its database, and the real processes that serve it."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.processes import ROOT, environment, free_port

#: Settings that an operator of the harness may try out, as in POTLUCK_DATABASE__POOL_SIZE=3.
PASSED_ON = {
    name: text
    for name, text in os.environ.items()
    if name.startswith("POTLUCK_")
    and name not in {"POTLUCK_TEST_DATABASE_URL", "POTLUCK_VENV", "POTLUCK_ENV_FILE"}
}
START_WITHIN_S = 60.0
END_WITHIN_S = 60.0


class NotServing(Exception):
    """The process ended, or did not become ready; the text is what it said."""


@dataclass
class Server:
    """A serving process."""

    process: "subprocess.Popen[bytes]"
    port: int
    output: Path
    started_at: float = field(default_factory=time.monotonic)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, timeout_s: float = 5.0) -> tuple[int, Any]:
        """Status and JSON of an answer; OSError when there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def wait_until_ready(self, within_s: float = START_WITHIN_S) -> float:
        """Return when it can serve, with the seconds since its start; raises NotServing."""
        end = time.monotonic() + within_s
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if self.get("/health/ready")[0] == 200:
                    return time.monotonic() - self.started_at
            time.sleep(0.02)
        self.kill()
        raise NotServing(self.said())

    def kill(self) -> None:
        """Kill -9: nothing is finished, nothing is closed."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=END_WITHIN_S)

    def terminate(self) -> None:
        """SIGTERM, without waiting."""
        self.process.send_signal(signal.SIGTERM)

    def end(self, within_s: float = END_WITHIN_S) -> int:
        """Wait for the end; the exit status."""
        return self.process.wait(timeout=within_s)

    def said(self) -> str:
        """Everything that it wrote."""
        return self.output.read_text(encoding="utf-8", errors="replace")


@dataclass
class House:
    """One data folder and one database; any number of processes."""

    engine: str
    folder: Path
    database_url: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    servers: list[Server] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def sqlite_file(self) -> Path:
        return self.data / "potluck.db"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What its processes see: no setting of this machine but those that are passed on."""
        own = {
            "POTLUCK_DATA_DIR": str(self.data),
            "POTLUCK_LOG__LEVEL": "warning",
            # Tokens name the address: it is the same whichever process made them.
            "POTLUCK_BASE_URL": "http://127.0.0.1",
        }
        if self.database_url is not None:
            own["POTLUCK_DATABASE__URL"] = self.database_url
        return environment(ROOT, own | PASSED_ON | self.settings | dict(more or {}))

    def command(self, *arguments: str) -> list[str]:
        """Run with this Python."""
        return [sys.executable, "-m", "potluck", *arguments]

    def launch(
        self,
        *flags: str,
        port: int | None = None,
        more: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
        **options: Any,
    ) -> Server:
        """Start `BEFORE potluck serve` without waiting; by default it migrates first."""
        port = port or free_port()
        output = self.folder / f"output-{len(self.servers)}"
        command = [*before, *self.command("serve", "--port", str(port), *flags)]
        with output.open("wb") as file:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment(more),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                **options,
            )
        server = Server(process, port, output)
        self.servers.append(server)
        return server

    def start(self, *flags: str, **options: Any) -> Server:
        """Start a server that migrates first, and wait until it is ready."""
        server = self.launch("--migrate", *flags, **options)
        server.wait_until_ready()
        return server

    def close(self) -> None:
        """End every process that is still there."""
        for server in self.servers:
            if server.process.poll() is None:
                server.kill()


@contextlib.contextmanager
def opened(house: House) -> Iterator[House]:
    """The house until the block ends, and nothing of it afterwards."""
    house.folder.mkdir(parents=True, exist_ok=True)
    try:
        yield house
    finally:
        house.close()
