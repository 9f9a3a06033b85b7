"""nginx before one or several Potlucks, with the settings of our own example (deploy/nginx)."""

import contextlib
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.proxies import DEPLOY, PATH
from tests.processes import free_port

START_WITHIN_S = 10.0


class NoNginx(Exception):
    """nginx is not installed, or does not start."""


@dataclass(frozen=True)
class Nginx:
    """A running nginx."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def configuration(folder: Path, port: int, backends: list[int]) -> str:
    """The example's upstream and location, in clear on a port of loopback."""
    text = (DEPLOY / "nginx" / "potluck.conf").read_text(encoding="utf-8")
    line = re.search(r"^ +server 127\.0\.0\.1:8000([^;]*);$", text, re.MULTILINE)
    assert line
    servers = "".join(f"    server 127.0.0.1:{backend}{line[1]};\n" for backend in backends)
    upstream = text[text.index("upstream potluck") : text.index("server {\n")]
    upstream = upstream.replace(f"{line[0]}\n", servers)
    location = text[text.index("    location / {") :]
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; master_process off; pid {folder}/pid;"
        " events { worker_connections 1024; }\n"
        f"http {{ access_log off; {temporary}\n{upstream}\n"
        f"server {{ listen 127.0.0.1:{port} backlog=1024; client_max_body_size 32m;\n{location}\n}}"
    )


@contextlib.contextmanager
def nginx(folder: Path, backends: list[int]) -> Iterator[Nginx]:
    """nginx before these ports of loopback until the block ends; raises NoNginx."""
    program = next(
        (path for part in PATH.split(":") if (path := Path(part) / "nginx").is_file()), None
    )
    if program is None:
        raise NoNginx("nginx is not installed")
    folder.mkdir()
    port = free_port()
    (folder / "nginx.conf").write_text(configuration(folder, port, backends), encoding="utf-8")
    command = [str(program), "-q", "-e", str(folder / "errors"), "-c", f"{folder}/nginx.conf"]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        _wait_for(port, process, folder)
        yield Nginx(port)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise NoNginx((folder / "output").read_text(encoding="utf-8"))
