"""Start the example configurations of nginx and Caddy before a recording server on loopback."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deploy.tls import Certificate

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
START_WITHIN_S = 10.0


def program(name: str) -> str:
    """Where a program lies; the test is skipped, with its name, when it is not here."""
    found = shutil.which(name, path=PATH)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


@dataclass(frozen=True)
class Request:
    """What arrived at the server behind the proxy."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Backend:
    """A server that records what arrives and answers 200, or hangs up on paths below /cut."""

    port: int
    requests: list[Request] = field(default_factory=list)


@contextlib.contextmanager
def open_backend() -> Iterator[Backend]:
    """Serve on a free port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            names = {name.lower(): text for name, text in self.headers.items()}
            backend.requests.append(Request(self.command, self.path, names))
            if self.path.startswith("/cut"):
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(b"ok")

        do_GET = do_POST = do_HEAD = answer  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            """Say nothing; the requests are recorded."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        backend = Backend(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield backend
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Ports:
    """Free ports for the two doors of a proxy."""

    http: int
    https: int


def free_ports() -> Ports:
    """Two ports that nothing listens on."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return Ports(first.getsockname()[1], second.getsockname()[1])


def nginx_command(
    folder: Path, certificate: Certificate, ports: Ports, backend_port: int
) -> list[str]:
    """Write the example with other ports and files; give the command that runs it."""
    text = (DEPLOY / "nginx" / "potluck.conf").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines(keepends=True) if "listen [::]" not in line]
    changes = {
        "listen 80;": f"listen 127.0.0.1:{ports.http};",
        "listen 443 ssl": f"listen 127.0.0.1:{ports.https} ssl",
        "/etc/ssl/potluck/fullchain.pem": str(certificate.chain),
        "/etc/ssl/potluck/privkey.pem": str(certificate.key),
        "127.0.0.1:8000": f"127.0.0.1:{backend_port}",
        "recipes.example.org": "localhost",
    }
    (folder / "potluck.conf").write_text(replace("".join(lines), changes))
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; events {{}}\n"
        f"http {{ access_log off; {temporary} include {folder}/potluck.conf; }}\n"
    )
    return [program("nginx"), "-q", "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]


def caddy_command(
    folder: Path, certificate: Certificate, ports: Ports, backend_port: int
) -> list[str]:
    """Write the example with other ports and a certificate; give the command that runs it."""
    text = (DEPLOY / "caddy" / "Caddyfile").read_text(encoding="utf-8")
    site = f"https://localhost:{ports.https} {{\n\ttls {certificate.chain} {certificate.key}\n"
    changes = {"recipes.example.org {\n": site, "127.0.0.1:8000": f"127.0.0.1:{backend_port}"}
    options = f"{{\n\tadmin off\n\thttp_port {ports.http}\n\thttps_port {ports.https}\n}}\n"
    (folder / "Caddyfile").write_text(options + replace(text, changes))
    return [program("caddy"), "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


def replace(text: str, changes: dict[str, str]) -> str:
    """Put each new text in place; what is to be replaced must be there."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def running(command: list[str], folder: Path, ports: Ports) -> Iterator[None]:
    """Run a proxy until the block ends; both its doors are open when the block begins."""
    environment = {"PATH": PATH, "HOME": str(folder)}
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            for port in (ports.http, ports.https):
                wait_for(port, process, folder)
            yield
        finally:
            process.terminate()
            process.wait(timeout=10)


def wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Return once something listens; fail when the proxy ends or takes too long."""
    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    pytest.fail((folder / "output").read_text())
