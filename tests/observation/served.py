"""A real Potluck process, and all that it says."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.serving import Server, served

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
    """`said` is there when the process has ended: its output and its log."""

    server: Server
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
        port: int | None = None,
    ) -> Answer:
        """One request over a connection of its own."""
        kind = {}
        if data is not None:
            body, kind = json.dumps(data).encode(), {"Content-Type": "application/json"}
        if form is not None:
            body, kind = urlencode(form).encode(), {"Content-Type": FORM}
        connection = http.client.HTTPConnection("127.0.0.1", port or self.server.port, timeout=20)
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
        self.server.terminate()
        self.server.end()
        self.said += (path.read_text("utf-8") for path in (self.server.output, self.server.log))


@contextmanager
def serving(folder: Path, *, program: str = "", **settings: str) -> Iterator[Served]:
    """A server with a log in JSON; `program` runs in the process before."""
    start = ("-c", f"{program}\nfrom potluck.cli import main; main()")
    command = start if program else ("-m", "potluck")
    usual = {"POTLUCK_LOG__FORMAT": "json", "POTLUCK_SERVER__DRAIN_S": "0"}
    with served(folder, command=command, settings=usual | settings) as server:
        heard = Served(server)
        try:
            yield heard
        finally:
            if server.process.poll() is None:
                heard.end()
