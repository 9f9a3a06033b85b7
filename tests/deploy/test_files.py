"""What may lie in the repository, and whether locks, menu and examples agree with it."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from potluck.core import config_loading
from tests.deploy.test_syntax import tracked

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-build.lock",
    "requirements-boot.lock",
    "requirements-breachlist.lock",
    "requirements-audit.lock",
    "requirements-client.lock",
]
# Written so that this file does not match itself.
FORBIDDEN = re.compile(
    rb"py[p]i\.org|pythonho[s]ted|deb\.deb[i]an\.org|registry\.npm[j]s|ghcr\.[i]o"
    rb"|/wor[k]/(?:main|shared)|/roo[t]/|/hom[e]/[a-z]|BEGIN [A-Z ]*PRIVAT[E] KEY"
)
LARGEST = 1_000_000  # bytes; a screenshot in the documentation is a third of it


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def entries(name: str) -> list[str]:
    """The entries of a lock, each a package with its hashes, without remarks."""
    text = re.sub(r"^\s*#.*\n", "", read(name), flags=re.MULTILINE)
    return [entry for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if entry]


def pins(name: str) -> set[tuple[str, str]]:
    """Name and version of everything a lock installs; some differ with the version of Python."""
    found = [re.match(r"([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", text) for text in entries(name)]
    return {(match[1], match[2]) for match in found if match}


class TestTrackedFiles:
    def test_none_names_an_index_a_machine_or_a_key(self) -> None:
        named = {
            (name, found.group().decode())
            for name in tracked()
            for found in FORBIDDEN.finditer((ROOT / name).read_bytes())
        }
        assert named == set()

    def test_none_is_large(self) -> None:
        assert [name for name in tracked() if (ROOT / name).stat().st_size > LARGEST] == []

    @pytest.mark.parametrize("name", ["uv.lock", ".env", "data/potluck.db", "secrets/x", ".venv/x"])
    def test_what_belongs_to_one_machine_is_ignored(self, name: str) -> None:
        command = ["git", "check-ignore", "--quiet", "--no-index", name]
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


class TestLocks:
    @pytest.mark.parametrize("name", LOCKS)
    def test_everything_has_a_version_and_a_hash(self, name: str) -> None:
        assert len(pins(name)) == len(entries(name)) > 0
        assert [entry for entry in entries(name) if "--hash=sha256:" not in entry] == []

    def test_development_has_what_serving_has(self) -> None:
        assert pins("requirements.lock") - pins("requirements-dev.lock") == set()

    def test_every_dependency_is_locked_at_a_version_it_allows(self) -> None:
        project = tomllib.loads(read("pyproject.toml"))
        asked = {
            "requirements.lock": project["project"]["dependencies"],
            "requirements-dev.lock": project["dependency-groups"]["dev"],
            "requirements-build.lock": project["build-system"]["requires"],
            "requirements-audit.lock": project["dependency-groups"]["audit"],
            "requirements-client.lock": project["dependency-groups"]["client"],
            "requirements-breachlist.lock": project["project"]["optional-dependencies"][
                "breachlist"
            ],
        }
        for lock, texts in asked.items():
            for requirement in map(Requirement, texts):
                name = requirement.name.lower()
                versions = {version for pinned, version in pins(lock) if pinned == name}
                assert versions, f"{name} is not in {lock}"
                allowed = set(requirement.specifier.filter(versions, prereleases=True))
                assert versions == allowed, name


class TestSettingsInExamples:
    @pytest.mark.parametrize(
        "name",
        [
            ".env.example",
            "compose.yaml",
            "Dockerfile",
            "deploy/systemd/potluck.service",
            "deploy/systemd/potluck.socket",
            "deploy/caddy/Caddyfile",
            "deploy/nginx/potluck.conf",
            "SECURITY.md",
        ],
    )
    def test_every_setting_they_name_exists(self, name: str) -> None:
        known = {setting.name for setting in config_loading.known_settings()}
        named = set(re.findall(r"\bPOTLUCK_[A-Z0-9_]+\b", read(name)))
        assert named != set()
        assert named - known - config_loading.OTHER_NAMES == set()


#: When these tests are run by make, the make they start must not take itself for a part of it.
WITHOUT_MAKE = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}


class TestMenu:
    def test_help_lists_every_target_that_explains_itself(self) -> None:
        done = subprocess.run(
            ["make", "help"], cwd=ROOT, env=WITHOUT_MAKE, capture_output=True, text=True, check=True
        )
        explained = re.findall(r"^([a-z-]+):.*## (.+)$", read("Makefile"), re.MULTILINE)
        listed = [tuple(line.split(maxsplit=1)) for line in done.stdout.splitlines()]
        assert listed == explained
        assert {"check", "format", "lint", "types", "contracts", "test", "migrations"} <= {
            name for name, _ in explained
        }

    def test_every_target_is_phony(self) -> None:
        text = read("Makefile").replace("\\\n", " ")
        targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
        [phony] = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
        assert targets == set(phony.split())

    def test_check_runs_the_cheap_steps_first_and_the_tests_once(self) -> None:
        done = subprocess.run(
            ["make", "-n", "check"],
            cwd=ROOT,
            env=WITHOUT_MAKE,
            capture_output=True,
            text=True,
            check=True,
        )
        steps = [line for line in done.stdout.splitlines() if not line.startswith("\t")]
        assert "ruff format --check" in next(step for step in steps if "--version" not in step)
        assert steps[-1] == "./test.sh"
        assert [step for step in steps if "pytest" in step] == []

    def test_the_page_for_contributors_names_targets_that_exist(self) -> None:
        targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
        named = set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)", read("CONTRIBUTING.md")))
        assert named != set()
        assert named <= targets

    def test_ci_runs_the_menu(self) -> None:
        assert "make --keep-going check" in read(".ci/run")
