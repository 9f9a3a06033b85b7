"""The README's five minutes, run line by line against a Potluck of its own."""

import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import curl_stand_in
from tests.docs.markdown import ROOT, blocks
from tests.docs.serving import potluck

README = ROOT / "README.md"
ADDRESS = "http://127.0.0.1:8000"
SITE = "https://www.example.org"
PAGE = """<!doctype html><html lang="en"><head><title>Pear tart</title>
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Recipe",
"name": "Pear tart", "recipeIngredient": ["4 pears", "1 sheet of puff pastry"],
"recipeInstructions": ["Slice the pears.", "Bake for 30 minutes."], "recipeYield": "6"}
</script></head><body><h1>Pear tart</h1></body></html>"""
#: Writes down the status of every answer, and leaves the rest to curl.
PRELUDE = """set -eu
curl() { command curl --write-out '%{stderr}%{http_code}\\n' "$@" 2>>"$STATUSES"; }
"""


def script() -> str:
    """The blocks of the page that are to be typed one after the other."""
    return "\n".join(block.text for block in blocks(README) if "$api" in block.text)


def expected() -> list[str]:
    """The status that stands behind each command."""
    return re.findall(r"# (\d{3})$", script(), re.MULTILINE)


@pytest.fixture
def site() -> Iterator[str]:
    """A web site with one recipe on it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["curl", "stand-in"])
def tools(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A PATH with curl, or with what stands in for it."""
    if request.param == "curl":
        if shutil.which("curl") is None:
            pytest.skip("curl is not installed here; the stand-in does the same")
        return os.environ["PATH"]
    folder = tmp_path / "bin"
    folder.mkdir()
    tool = folder / "curl"
    tool.write_text(f"#!{sys.executable}\n{Path(curl_stand_in.__file__).read_text()}")
    tool.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_the_five_minutes_happen_as_written(tools: str, site: str, tmp_path: Path) -> None:
    data, statuses = tmp_path / "data", tmp_path / "statuses"
    data.mkdir()
    with potluck(data, {"POTLUCK_FETCH__ALLOW": site}) as address:
        typed = script().replace(ADDRESS, address).replace(SITE, f"http://{site}")
        done = subprocess.run(
            ["sh", "-c", PRELUDE + typed],
            cwd=tmp_path,
            env={"PATH": tools, "STATUSES": str(statuses)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert statuses.read_text().split() == expected(), done.stdout
    assert "Apple cake with cinnamon" in done.stdout
    assert "Pear tart" in done.stdout


def test_every_command_says_what_it_is_answered() -> None:
    commands = re.findall(r"\bcurl -s", script())
    assert len(commands) == len(expected()) >= 10


def test_the_two_commands_are_there() -> None:
    first = blocks(README)[0].text
    for name in re.findall(r"^\./(\S+)", first, re.MULTILINE):
        assert os.access(ROOT / name, os.X_OK)


def test_seven_files_are_named() -> None:
    section = (
        README.read_text("utf-8").partition("## Read these seven files")[2].partition("\n## ")[0]
    )
    files = re.findall(r"^\d\. \[`([^`]+)`\]", section, re.MULTILINE)
    assert len(files) == 7
    assert [name for name in files if not (ROOT / name).is_file()] == []
