"""The Dockerfile copies what exists, installs by hash and does not run as root."""

import ast
import fnmatch
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """Each instruction and its text, lines joined, without comments."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    pairs = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(word, " ".join(rest.split())) for word, rest in pairs]


def sent_to_docker(path: str) -> bool:
    """Whether .dockerignore lets a file into the build: the last pattern that fits decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and fnmatch.fnmatch(path, pattern):
            sent = line.startswith("!")
    return sent


def test_every_file_it_copies_exists_and_is_sent(instructions: list[tuple[str, str]]) -> None:
    sources = [
        source
        for word, rest in instructions
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert sources == [
        "requirements.lock",
        "requirements-breachlist.lock",
        "requirements-build.lock",
        "build_assets.py",
        "potluck",
    ]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if not sent_to_docker(source)] == []


def test_nothing_else_is_sent() -> None:
    others = ["README.md", ".env", "data", ".venv", "secrets", "tests", ".git"]
    assert [name for name in others if sent_to_docker(name)] == []


def test_every_installation_checks_hashes(instructions: list[tuple[str, str]]) -> None:
    installs = [rest for word, rest in instructions if word == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert all("pip install --require-hashes -r requirements" in rest for rest in installs)


def test_the_last_stage_is_not_root(instructions: list[tuple[str, str]]) -> None:
    last = max(place for place, (word, _) in enumerate(instructions) if word == "FROM")
    users = [rest for word, rest in instructions[last:] if word == "USER"]
    assert users == ["10001:10001"]


def test_docker_asks_whether_it_is_ready(instructions: list[tuple[str, str]]) -> None:
    [check] = [rest for word, rest in instructions if word == "HEALTHCHECK"]
    program, option, code = json.loads(check.partition(" CMD ")[2])
    assert (program, option) == ("python", "-c")
    assert "/health/ready" in code
    ast.parse(code)


def test_python_is_process_one(instructions: list[tuple[str, str]]) -> None:
    started = {word: rest for word, rest in instructions if word in {"ENTRYPOINT", "CMD"}}
    assert json.loads(started["ENTRYPOINT"]) == ["python", "-m", "potluck"]
    assert json.loads(started["CMD"]) == ["serve", "--migrate"]
