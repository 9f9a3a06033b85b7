"""The import contracts hold, and each of them bites."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: The module that is made worse, the line that does it, the contract that has to say no.
BREAKAGES = [
    ("domain/slug.py", "import potluck.crud", "Layers"),
    ("services/tags.py", "import fastapi", "Only the edge knows HTTP"),
    ("services/tags.py", "import potluck.db.session", "Only the edge opens transactions"),
    ("api/deps.py", "import sqlalchemy", "SQLAlchemy stays below"),
    ("cli/greeting.py", "import httpx2", "Only clients speak HTTP"),
    ("services/tags.py", "import PIL", "Pictures are opened in a child process alone"),
    (
        "services/pictures/processor.py",
        "import potluck.services.pictures.worker",
        "The parent of the picture children",
    ),
    ("services/tags.py", "import obstore", "Only the media store knows"),
    ("services/tags.py", "import jinja2", "Only pages and mails are made of templates"),
    ("services/tags.py", "import aiosmtplib", "Only one client speaks SMTP"),
    (
        "api/api_v1/endpoints/tags.py",
        "import potluck.api.api_v1.endpoints.recipes",
        "Endpoints do not import each other",
    ),
    ("services/households.py", "import potluck.services.recipes", "No circles"),
]


def lint(folder: Path) -> tuple[int, str]:
    """Exit status and output of import-linter over the package in `folder`."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package that may be broken."""
    ignored = shutil.ignore_patterns("__pycache__", "static", "templates")
    return Path(shutil.copytree(ROOT / "potluck", tmp_path / "potluck", ignore=ignored))


def test_every_contract_is_kept() -> None:
    status, output = lint(ROOT)
    assert status == 0, output


@pytest.mark.parametrize(("module", "line", "contract"), BREAKAGES, ids=[b[2] for b in BREAKAGES])
def test_breach_is_noticed(package: Path, module: str, line: str, contract: str) -> None:
    path = package / module
    path.write_text(f"{path.read_text()}\n{line}\n")

    status, output = lint(package.parent)

    broken = [row for row in output.splitlines() if " BROKEN" in row]
    assert status == 1
    assert any(row.startswith(contract) for row in broken), output


def test_new_folder_needs_a_place(package: Path) -> None:
    folder = package / "utils"
    folder.mkdir()
    (folder / "__init__.py").write_text("")

    status, output = lint(package.parent)

    assert status == 1
    assert "utils" in output
