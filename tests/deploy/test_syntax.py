"""Scripts and examples are understood by the programs that they are written for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from potluck.core.config import Settings
from tests.deploy.proxies import PATH, free_ports, nginx_command, program
from tests.deploy.tls import make_certificate

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[str]:
    """Every file of the work tree that is, or will be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def first_line(name: str) -> str:
    with (ROOT / name).open("rb") as file:
        return file.readline(200).decode("utf-8", "replace").strip()


SCRIPTS = [name for name in tracked() if name.endswith(".sh") or name.startswith(".ci/")]


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


class TestShellScripts:
    def test_the_two_commands_are_among_them(self) -> None:
        assert {"run.sh", "test.sh", "prestart.sh", ".ci/run"} <= set(SCRIPTS)

    @pytest.mark.parametrize("name", SCRIPTS)
    def test_the_shell_understands_them(self, name: str) -> None:
        shell = "bash" if "bash" in first_line(name) else "sh"
        done = run(program(shell), "-n", name)
        assert (done.returncode, done.stderr) == (0, "")

    def test_shellcheck_finds_nothing(self) -> None:
        done = run(program("shellcheck"), "--external-sources", *SCRIPTS)
        assert (done.returncode, done.stdout) == (0, "")

    def test_what_names_its_interpreter_can_be_started(self) -> None:
        started = {name for name in tracked() if first_line(name).startswith("#!")}
        runnable = {name for name in tracked() if os.access(ROOT / name, os.X_OK)}
        executable = {name for name in runnable if (ROOT / name).stat().st_mode & 0o111}
        assert started == executable


class TestSystemd:
    @pytest.fixture
    def unit(self, tmp_path: Path) -> Path:
        """The unit with an interpreter that this machine has."""
        text = (ROOT / "deploy" / "systemd" / "potluck.service").read_text(encoding="utf-8")
        here = tmp_path / "potluck.service"
        here.write_text(text.replace("/opt/potluck/.venv/bin/python", sys.executable))
        return here

    def test_it_is_understood(self, unit: Path) -> None:
        done = run(program("systemd-analyze"), "verify", "--man=no", unit)
        assert (done.returncode, done.stderr) == (0, "")

    def test_its_socket_is_understood_and_has_the_address_that_proxies_ask(
        self, unit: Path
    ) -> None:
        door = unit.with_suffix(".socket")
        door.write_bytes((ROOT / "deploy" / "systemd" / "potluck.socket").read_bytes())
        done = run(program("systemd-analyze"), "verify", "--man=no", door)
        assert (done.returncode, done.stderr) == (0, "")
        server = Settings().server
        assert f"\nListenStream={server.host}:{server.port}\n" in door.read_text(encoding="utf-8")

    def test_its_exposure_is_low(self, unit: Path) -> None:
        # Of 10.0; a unit without any wall has 9.6. The scale is systemd's own.
        done = run(program("systemd-analyze"), "security", "--offline=yes", "--threshold=15", unit)
        assert done.returncode == 0, done.stdout

    def test_it_waits_longer_than_potluck_drains(self, unit: Path) -> None:
        [line] = [
            line for line in unit.read_text().splitlines() if line.startswith("TimeoutStopSec=")
        ]
        server = Settings().server
        assert int(line.partition("=")[2].removesuffix("s")) > server.drain_s + server.shutdown_s

    def test_a_mistake_in_the_settings_is_not_repeated(self, unit: Path) -> None:
        assert "RestartPreventExitStatus=78\n" in unit.read_text()


class TestNginx:
    def test_it_is_understood(self, tmp_path: Path) -> None:
        command = nginx_command(tmp_path, make_certificate(tmp_path), free_ports(), 8000)
        done = run(*command, "-t")
        assert (done.returncode, done.stderr) == (0, "")


class TestCaddy:
    FILE = ROOT / "deploy" / "caddy" / "Caddyfile"

    def test_it_is_understood(self, tmp_path: Path) -> None:
        done = subprocess.run(
            [program("caddy"), "validate", "--adapter", "caddyfile", "--config", self.FILE],
            env={"PATH": PATH, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert '"level":"warn"' not in done.stderr

    def test_it_is_laid_out_as_caddy_would(self) -> None:
        done = run(program("caddy"), "fmt", self.FILE)
        assert done.stdout == self.FILE.read_text(encoding="utf-8")
