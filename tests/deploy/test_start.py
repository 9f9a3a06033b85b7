"""`./run.sh` on this very checkout: from the command to a page, and to a clean end."""

import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.clone import ROOT
from tests.processes import free_port

START_WITHIN_S = 60


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def running(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    environment = {name: text for name, text in os.environ.items() if "POTLUCK" not in name}
    with (tmp_path / "output").open("w") as output:
        process = subprocess.Popen(
            [ROOT / "run.sh", "--port", str(port), "--data-dir", "kitchen"],
            cwd=tmp_path,
            env=environment,
            stdout=output,
            stderr=output,
            text=True,
        )
        yield process
        process.kill()
        process.wait()


def readiness(port: int) -> tuple[int, object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def wait_until_it_answers(
    process: "subprocess.Popen[str]", port: int, output: Path
) -> tuple[int, object]:
    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        try:
            return readiness(port)
        except OSError:
            time.sleep(0.05)
    pytest.fail(output.read_text())


def test_it_migrates_serves_and_ends_when_told(
    running: "subprocess.Popen[str]", tmp_path: Path, port: int
) -> None:
    output = tmp_path / "output"
    status, body = wait_until_it_answers(running, port, output)
    assert (status, body) == (
        200,
        {"status": "ready", "checks": {"database": "ok", "schema": "ok"}},
    )
    assert f"http://127.0.0.1:{port}" in output.read_text()
    assert (tmp_path / "kitchen" / "potluck.db").is_file()
    running.send_signal(signal.SIGTERM)
    # uvicorn ends by the signal that it was sent, once everything is closed.
    assert running.wait(timeout=20) in {0, -signal.SIGTERM}
    assert "Traceback" not in output.read_text()
