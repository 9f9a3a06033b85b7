"""The page for authors of clients: a client is generated, checked, and does what the page shows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import processes
from tests.docs.markdown import ROOT, blocks
from tests.docs.serving import potluck

PAGE = ROOT / "docs/how-to/write-a-client.md"
FLOW = "docs/how-to/client-code/core_flow.py"
#: What pip and uv need to find a package index.
INDEX = ("PIP_", "UV_", "SSL_", "REQUESTS_", "HTTP_", "HTTPS_", "NO_PROXY", "http", "no_proxy")
NO_ENVIRONMENT = 3


def test_the_page_shows_the_program() -> None:
    [shown] = [block.text for block in blocks(PAGE) if block.title == FLOW]
    assert shown == (ROOT / FLOW).read_text("utf-8")


@pytest.mark.timeout(600)
def test_a_generated_client_is_typed_and_goes_through_the_core_of_the_api(tmp_path: Path) -> None:
    found = {name: value for name, value in os.environ.items() if name.startswith(INDEX)}
    with potluck(tmp_path, {}) as address:
        done = subprocess.run(
            [sys.executable, "scripts/client.py", address],
            cwd=ROOT,
            env=processes.environment(ROOT, found),
            capture_output=True,
            text=True,
            check=False,
        )
    said = done.stdout + done.stderr
    if done.returncode == NO_ENVIRONMENT and "CI" not in os.environ:
        pytest.skip(f"NOT TESTED: the generator of clients could not be installed: {said[-500:]}")
    assert done.returncode == 0, said
