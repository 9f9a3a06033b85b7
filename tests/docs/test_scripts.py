"""The page about scripts: its examples do what it says, with the token its command prints."""

import subprocess
import sys
from pathlib import Path

import httpx2

from tests import processes
from tests.docs.markdown import ROOT, blocks
from tests.docs.serving import potluck
from tests.factories import PASSWORD

PAGE = ROOT / "docs/how-to/scripts.md"
ADA = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}


def block(starts_with: str) -> str:
    """The block of the page that starts so."""
    [found] = [each.text for each in blocks(PAGE) if each.text.startswith(starts_with)]
    return found


def output(*command: str, folder: Path, **variables: str) -> str:
    """What a command of the page prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=processes.environment(ROOT, variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_token_of_the_command_reads_what_the_script_prints(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with potluck(data, {}) as address, httpx2.Client(base_url=f"{address}/api/v1") as ada:
        ada.post("/auth/signup", json=ADA).raise_for_status()
        form = {"username": ADA["email"], "password": PASSWORD}
        pair = ada.post("/auth/login", data=form).raise_for_status().json()
        ada.headers["Authorization"] = f"Bearer {pair['access_token']}"
        for title in ("Soup", "Apple cake"):
            ada.post("/recipes", json={"title": title}).raise_for_status()

        command = block("potluck token create").replace("potluck", f"{sys.executable} -m potluck")
        settings = {"POTLUCK_DATA_DIR": str(data)}
        [token] = output("sh", "-c", command, folder=tmp_path, **settings).splitlines()
        variables = {"RECIPES_URL": address, "RECIPES_TOKEN": token}
        titles = output(sys.executable, "-c", block("import os"), folder=tmp_path, **variables)

    assert titles.splitlines() == ["Apple cake", "Soup"]
