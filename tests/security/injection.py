"""sqlmap on every parameter of every GET and on bodies of writes of a running server."""

import contextlib
import json
import re
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from tests.fuzz.kitchen import API, PEERS, Kitchen, kitchen
from tests.security import bodies, tools
from tests.security.report import Row

FOUND = re.compile(r"Parameter: .* \(|injection point\(s\)")
LOOKED = "do not appear to be injectable"
#: Longest look at one operation.
WITHIN_S = 240
#: Values that let a query find something, for parameters whose type alone says too little.
VALUES = {
    "cursor": "x",
    "keyword": "apple",
    "q": "apple",
    "tag": "Dessert",
    "sort": "-created_at",
    "updated_since": "2026-01-01T00:00:00Z",
}


def attacked(engine: str, *, is_isolated: bool) -> Iterator[Row]:
    """Rows for parameters, for bodies, and for answers of 500 and above seen meanwhile."""
    with tempfile.TemporaryDirectory(prefix="potluck-sqlmap-") as folder:
        logs = {"POTLUCK_LOG__LEVEL": "info", "POTLUCK_LOG__FORMAT": "json"}
        with kitchen(engine, Path(folder) / "house", is_isolated=is_isolated, **logs) as served:
            findings, parameters = [], 0
            for url, name in targets(served):
                parameters += 1
                findings += look(url, name, Path(folder), token(served))
            asked = sum(answered(served.server.said()).values())
            figure = f"{parameters} parameters, {asked} requests"
            yield Row(f"sqlmap: every parameter of every GET, {engine}", figure, findings)
            findings, fields, operations = [], 0, 0
            for write in bodies.writes(served):
                operations, fields = operations + 1, fields + bodies.places(write.body)
                findings += attacked_body(served, write, Path(folder))
            statuses = answered(served.server.said())
    figure = f"{fields} fields of {operations} bodies, {sum(statuses.values()) - asked} requests"
    yield Row(f"sqlmap: bodies of writes, {engine}", figure, findings)
    broken = [f"{status} x {n}" for status, n in sorted(statuses.items()) if status >= 500]
    told = ", ".join(f"{status} x {n}" for status, n in sorted(statuses.items()))
    yield Row(f"sqlmap: answers of 500 and above, {engine}", told, broken)


def attacked_body(served: Kitchen, write: bodies.Write, folder: Path) -> list[str]:
    """What sqlmap finds in the marked fields of a body, or why that says nothing."""
    if refused := bodies.unharmed(served, write):
        return refused
    authorization = None if write.is_page else token(served)
    return look(served.url + write.path, None, folder, authorization, write)


def control() -> Row:
    """sqlmap finds the holes of a service that has them, so that its silence means something."""
    planted = bodies.Write("PATCH", "/", {"name": f"soup{bodies.PLACE}"}, 200)
    with tempfile.TemporaryDirectory(prefix="potluck-sqlmap-") as folder, leaky_service() as url:
        looks = {
            "parameter": look(f"{url}/?name=soup", "name", Path(folder), None),
            "body": look(f"{url}/", None, Path(folder), None, planted),
        }
    missed = [
        f"the planted hole of the {place} was missed"
        for place, found in looks.items()
        if not any(FOUND.search(each) for each in found)
    ]
    return Row("sqlmap: finds planted holes", "1 parameter, 1 body", missed)


def targets(served: Kitchen) -> Iterator[tuple[str, str | None]]:
    """For each parameter of a GET operation: a URL that works, and its name.

    None stands for a place in the path, which a star marks.
    """
    with served.signed_in(PEERS[0]) as client:
        document = client.get(f"{API}/openapi.json").json()
    for path, item in document["paths"].items():
        parameters = item.get("get", {}).get("parameters", [])
        query = {
            each["name"]: value_of(each["name"], each["schema"], served)
            for each in parameters
            if each["in"] == "query"
        }
        needed = {each["name"] for each in parameters if each.get("required")}
        inside = [each["name"] for each in parameters if each["in"] == "path"]
        for name in inside:
            yield served.url + filled(path, served, starred=name), None
        # Each alone: some go with no other, and a cursor that is refused would hide the rest.
        for name in query:
            sent = {each: text for each, text in query.items() if each == name or each in needed}
            yield f"{served.url}{filled(path, served)}?{urlencode(sent)}", name


def filled(path: str, served: Kitchen, starred: str | None = None) -> str:
    """A path with the ids of what belongs to the one who asks."""
    for name, value in served.ids[PEERS[0]].items():
        path = path.replace(f"{{{name}}}", quote(value) + ("*" if name == starred else ""))
    return path


def value_of(name: str, schema: dict[str, Any], served: Kitchen) -> str:
    """A value that is accepted, as far as name and type tell."""
    kinds = [schema, *schema.get("anyOf", [])]
    listed = [each["enum"][0] for each in kinds if "enum" in each]
    mine = served.ids[PEERS[0]]
    known = VALUES | mine | {"author_id": mine["user_id"], "ids": mine["recipe_id"]}
    return str(known.get(name) or (listed or ["1"])[0])


def token(served: Kitchen) -> str:
    """A fresh access token: one look may outlast the last."""
    with served.signed_in(PEERS[0]) as client:
        return client.headers["Authorization"]


def look(
    url: str,
    name: str | None,
    folder: Path,
    authorization: str | None,
    write: bodies.Write | None = None,
) -> list[str]:
    """What sqlmap finds in a parameter or at the places of a write, or why it could not look."""
    where = f"{write.method if write else 'GET'} {urlsplit(url).path}"
    parameters = ["-p", name] if name else []
    headers = {"Authorization": authorization} if authorization else {}
    if write:
        parameters += ["--method", write.method, "--data", write.text]
        headers |= {"Content-Type": write.media_type} | write.headers
    try:
        ended = tools.run(
            "sqlmap",
            *("-u", url, *parameters),
            *(part for key, value in headers.items() for part in ("--header", f"{key}: {value}")),
            *("--batch", "--level", "2", "--risk", "1", "--technique=BEU", "--flush-session"),
            # A sign-in that succeeds would change who sends the next.
            "--drop-set-cookie",
            *("--ignore-code", "*", "--output-dir", folder, "--disable-coloring"),
            folder=folder,
            within_s=WITHIN_S,
        )
    except subprocess.TimeoutExpired:
        return [f"{where}: not done within {WITHIN_S} s"]
    if found := FOUND.search(ended.stdout):
        return [f"{where}: {ended.stdout[found.start() :][:600]}"]
    if LOOKED not in ended.stdout:
        return [f"{where}: sqlmap did not look: {ended.stdout[-600:]}"]
    return []


def answered(log: str) -> dict[int, int]:
    """How often each status was answered, by the server's own log."""
    counts: dict[int, int] = {}
    for line in log.splitlines():
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if event.get("event") == "request" and isinstance(event.get("status"), int):
                counts[event["status"]] = counts.get(event["status"], 0) + 1
    return counts


class Leaky(BaseHTTPRequestHandler):
    """Answers by a statement that the request is written into."""

    def do_GET(self) -> None:
        self.answer(parse_qs(urlsplit(self.path).query).get("name", [""])[0])

    def do_PATCH(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            self.answer(str(json.loads(sent)["name"]))
        except (ValueError, KeyError, TypeError):
            self.answer("")

    def answer(self, name: str) -> None:
        with contextlib.closing(sqlite3.connect(":memory:")) as database:
            database.execute("CREATE TABLE food (name TEXT)")
            database.execute("INSERT INTO food VALUES ('soup'), ('cake')")
            try:
                rows = database.execute(
                    f"SELECT name FROM food WHERE name = '{name}'"  # noqa: S608 - the planted hole
                ).fetchall()
                status, body = 200, repr(rows)
            except sqlite3.Error as error:
                status, body = 500, str(error)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def leaky_service() -> Iterator[str]:
    """Serve the planted hole on loopback until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Leaky)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
