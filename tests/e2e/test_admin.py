"""Somebody looks after the instance: the pages of administration in Chromium."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.test_core_path import sign_up
from tests.e2e.visit import visit
from tests.processes import ROOT, environment

pytestmark = pytest.mark.timeout(300)
ADDRESS = "root@example.org"


def promote(served: Path, address: str) -> None:
    """Make an administrator, as whoever runs the machine does."""
    done = subprocess.run(
        [sys.executable, "-m", "potluck", "user", "promote", address],
        cwd=served,
        env=environment(ROOT, {"POTLUCK_DATA_DIR": str(served)}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_places_of_administration(chromium: Browser, origin: str, served: Path) -> None:
    with visit(chromium, origin) as root:
        sign_up(root, ADDRESS)
        promote(served, ADDRESS)
        root.open("/admin")
        root.look_closely()
        for name, path in (
            ("Accounts", "/admin/users"),
            ("Background work", "/admin/jobs"),
            ("Audit", "/admin/audit"),
        ):
            root.press(name, inside="nav.places")
            assert root.path == path
            root.look_closely()
        root.open("/admin/users")
        root.press("Ada", inside="main")
        root.look_closely()
