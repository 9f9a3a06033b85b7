"""A copy of the repository whose program and test runner only say how they were started."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deploy.test_syntax import tracked

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("HOME", "TMPDIR", "LANG", "LC_ALL")
# How this machine reaches a package index is its own affair, and is handed on.
KEPT_PREFIXES = ("PIP_", "UV_", "SSL_", "REQUESTS_", "HTTP", "NO_PROXY", "http", "no_proxy")

# Stands in for `python -m potluck` and `python -m pytest`: what is tested here is how they are
# started, which must not depend on what they do.
WITNESS = """
import json, os, sys
settings = {name: text for name, text in os.environ.items() if name.startswith("POTLUCK_")}
print(json.dumps({"arguments": sys.argv[1:], "pid": os.getpid(), "folder": os.getcwd(),
                  "settings": settings, "path": sys.path}))
"""


@dataclass(frozen=True)
class Started:
    """How a script ended, and what the program that it started saw."""

    status: int
    said: str
    pid: int
    saw: dict[str, Any]


@dataclass(frozen=True)
class Clone:
    """A copy of the repository, and the environment that its scripts are started in."""

    root: Path
    environment: dict[str, str]

    def popen(
        self, script: str | Path, *arguments: str, cwd: Path | None = None, **changes: str
    ) -> subprocess.Popen[str]:
        """Start a script without waiting for it."""
        return subprocess.Popen(
            [self.root / script, *arguments],
            cwd=cwd or self.root,
            env=self.environment | changes,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start(
        self, script: str | Path, *arguments: str, cwd: Path | None = None, **changes: str
    ) -> Started:
        """Start a script and wait for its end."""
        return ended(self.popen(script, *arguments, cwd=cwd, **changes))


def ended(process: subprocess.Popen[str]) -> Started:
    """Wait for a script."""
    with process:
        answer, said = process.communicate()
    return Started(process.returncode, said, process.pid, json.loads(answer) if answer else {})


def make_clone(target: Path, *, python: str | None = None) -> Clone:
    """Copy what belongs to the repository to `target`; its scripts build on `python`."""
    for name in tracked():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    (target / "potluck" / "__main__.py").write_text(WITNESS)
    (target / "pytest.py").write_text(WITNESS)
    kept = {
        name: text
        for name, text in os.environ.items()
        if name in KEPT or name.startswith(KEPT_PREFIXES)
    }
    # The installer that made the environment of these tests, when it was fetched for them.
    path = os.pathsep.join([os.environ["PATH"], str(ROOT / ".boot" / "bin")])
    base = python or str(Path(sys.base_prefix) / "bin" / "python3")
    return Clone(target, kept | {"PATH": path, "PYTHON": base})
