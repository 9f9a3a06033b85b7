"""A real server and a real browser: Debian's Chromium, driven by Playwright."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.processes import environment, free_port
from tests.reddit_server import listing, post

PAGES = Path(__file__).parents[1] / "pages"
ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_S = 60


class _Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and one list of posts as Reddit would."""

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        if self.path.startswith("/r/recipes/"):
            self._send_posts()
        else:
            super().do_GET()

    def _send_posts(self) -> None:
        here = f"http://{self.headers['Host']}"
        posts = [
            post("1", title="Leek &amp; potato soup", url=f"{here}/microdata.html", score=812),
            post("2", title="My grandmother's plum dumplings", is_self=True, num_comments=1),
        ]
        content = json.dumps(listing(posts)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A web site with recipes of ours, which also stands in for Reddit."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=PAGES)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the app."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def origin(site: str, served: Path) -> Iterator[str]:
    """The shipped app as `potluck serve` runs it, over an empty SQLite file of its own."""
    folder = served
    port = free_port()
    settings = {
        "POTLUCK_DATA_DIR": str(folder),
        "POTLUCK_SERVER__PORT": str(port),
        "POTLUCK_FETCH__ALLOW": site.removeprefix("http://"),
        "POTLUCK_REDDIT__BASE_URL": site,
        "POTLUCK_IDEAS__SUBREDDITS": "recipes,easyrecipes",
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "potluck", "serve", "--migrate"],
            cwd=folder,
            env=environment(ROOT, settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/health/ready", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=40)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; without one the tests are skipped, and in CI they fail."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        told = "NO CHROMIUM: nobody has looked at the pages (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


def wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the server answers; a server that ended says why."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - an address of ours
                return
        except OSError:
            threading.Event().wait(0.05)
    pytest.fail(f"the server did not start:\n{log.read_text()}")
