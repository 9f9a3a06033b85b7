"""A Potluck of its own for a test: the real command, in a folder that goes away."""

import contextlib
import http.client
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests import processes

START_WITHIN_S = 60


@contextlib.contextmanager
def potluck(
    folder: Path, settings: Mapping[str, str], root: Path = processes.ROOT
) -> Iterator[str]:
    """Serve what is in `root` with its data in `folder`; gives the address, no slash at the end."""
    port = processes.free_port()
    process = processes.start(
        *("-m", "potluck", "serve", "--migrate", "--port", str(port), "--data-dir", str(folder)),
        folder=folder,
        settings={"POTLUCK_LOG__LEVEL": "error", "POTLUCK_SERVER__DRAIN_S": "0", **settings},
        root=root,
    )
    try:
        end = time.monotonic() + START_WITHIN_S
        while not answers(port):
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise AssertionError("\n".join(process.communicate()))
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def answers(port: int) -> bool:
    """Whether a ready Potluck is behind the port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
