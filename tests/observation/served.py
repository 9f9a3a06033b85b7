"""A real Potluck process, and all that it says."""

import http.client
import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests import processes

START_WITHIN_S = 60.0
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Served:
    """`said` is complete when the process has ended."""

    process: "subprocess.Popen[str]"
    port: int
    said: list[str] = field(default_factory=list)

    def ask(
        self,
        method: str,
        path: str,
        *,
        data: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request over a connection of its own."""
        kind = {}
        if data is not None:
            body, kind = json.dumps(data).encode(), {"Content-Type": "application/json"}
        if form is not None:
            body, kind = urlencode(form).encode(), {"Content-Type": FORM}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body or None, {**kind, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every line of the log."""
        lines = "".join(self.said).splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def requests(self, route: str) -> list[dict[str, Any]]:
        """The lines of the access log for a route."""
        return [
            each for each in self.events if each["event"] == "request" and each["route"] == route
        ]

    def end(self) -> None:
        """Stop it and hear what it said."""
        self.process.terminate()
        self.said += self.process.communicate(timeout=60)


@contextmanager
def serving(folder: Path, *, program: str = "", **settings: str) -> Iterator[Served]:
    """`potluck serve --migrate` with a log in JSON; `program` runs in the process before."""
    port = processes.free_port()
    flags = ("serve", "--migrate", "--port", str(port))
    start = ("-c", f"{program}\nfrom potluck.cli import main; main()") if program else None
    process = processes.start(
        *(start or ("-m", "potluck")),
        *flags,
        folder=folder,
        settings={"POTLUCK_LOG__FORMAT": "json", "POTLUCK_SERVER__DRAIN_S": "0"} | settings,
    )
    served = Served(process, port)
    try:
        _wait(served)
        yield served
    finally:
        if process.poll() is None:
            served.end()


def _wait(served: Served) -> None:
    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and served.process.poll() is None:
        try:
            if served.ask("GET", "/health/ready").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    served.process.kill()
    pytest.fail("\n".join(served.process.communicate()))
