"""run.sh, prestart.sh and test.sh from a bare copy of the repository, really installing."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.clone import Clone, Started, ended, make_clone

# The first start downloads, or copies from the installer's cache, and makes the fonts.
pytestmark = pytest.mark.timeout(300)
PARALLEL = ["-n", "2", "--dist", "loadfile"]
STAMP = Path(".venv", ".potluck-lock")


@pytest.fixture(scope="module")
def first_starts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clone, list[Started]]:
    """A copy that was started for the first time, twice at once."""
    clone = make_clone(tmp_path_factory.mktemp("a clone") / "potluck")
    processes = [clone.popen("run.sh"), clone.popen("run.sh")]
    return clone, [ended(process) for process in processes]


@pytest.fixture
def clone(first_starts: tuple[Clone, list[Started]]) -> Clone:
    return first_starts[0]


@pytest.fixture
def developed(clone: Clone) -> Iterator[Clone]:
    """The copy with an environment that counts as one for development."""
    stamp = clone.root / STAMP
    before = stamp.read_text()
    code = (
        f"import sys; sys.path.insert(0, {str(clone.root / 'scripts')!r}); import environment as e;"
        "from pathlib import Path; import platform;"
        f"print(e.stamp('dev', Path({str(clone.root / '.venv')!r}), platform.python_version()))"
    )
    python = clone.root / ".venv" / "bin" / "python"
    line = subprocess.run([python, "-Bc", code], capture_output=True, text=True, check=True).stdout
    stamp.write_text(line.strip())
    yield clone
    stamp.write_text(before)


class TestFirstStart:
    def test_two_at_once_install_once_and_both_start(
        self, first_starts: tuple[Clone, list[Started]]
    ) -> None:
        _, starts = first_starts
        assert [start.status for start in starts] == [0, 0], starts
        said = "".join(start.said for start in starts)
        assert said.count("installing requirements.lock") == 1
        assert all(start.saw["arguments"] == ["serve", "--migrate"] for start in starts)

    def test_it_installs_what_serves_and_nothing_else(self, clone: Clone) -> None:
        [packages] = (clone.root / ".venv").glob("lib/python3*/site-packages")
        there = {path.name for path in packages.iterdir()}
        assert "fastapi" in there
        assert "pytest" not in there
        assert not any(name.startswith("potluck") for name in there)

    def test_it_makes_the_fonts(self, clone: Clone) -> None:
        fonts = (clone.root / "potluck" / "static" / "fonts").glob("*.woff2")
        assert {path.name for path in fonts} == {"domine.woff2", "figtree.woff2"}


class TestLaterStarts:
    def test_they_install_nothing_and_take_less_than_a_second(self, clone: Clone) -> None:
        took_s = []
        for _ in range(3):
            began = time.monotonic()
            start = clone.start("run.sh")
            took_s.append(time.monotonic() - began)
            assert (start.status, start.said) == (0, "")
        assert min(took_s) < 1

    def test_a_changed_lock_is_installed(self, clone: Clone) -> None:
        with (clone.root / "requirements.lock").open("a") as lock:
            lock.write("# changed\n")
        assert "installing requirements.lock" in clone.start("run.sh").said
        assert clone.start("run.sh").said == ""

    def test_an_environment_for_development_is_kept(self, developed: Clone) -> None:
        assert developed.start("run.sh").said == ""

    def test_an_environment_that_was_moved_is_made_anew(self, clone: Clone) -> None:
        stamp = clone.root / STAMP
        stamp.write_text(stamp.read_text().replace(str(clone.root), "/elsewhere"))
        start = clone.start("run.sh")
        assert (start.status, "installing requirements.lock" in start.said) == (0, True)
        assert stamp.read_text().endswith(f" {clone.root}/.venv")


class TestRun:
    def test_flags_pass_through(self, clone: Clone) -> None:
        flags = ["--host", "0.0.0.0", "--port", "8001", "--workers", "2"]
        assert clone.start("run.sh", *flags).saw["arguments"] == ["serve", "--migrate", *flags]

    def test_it_becomes_the_program_so_that_signals_reach_it(self, clone: Clone) -> None:
        start = clone.start("run.sh")
        assert start.saw["pid"] == start.pid

    def test_from_another_folder_through_a_link(self, clone: Clone, tmp_path: Path) -> None:
        (tmp_path / "potluck.py").write_text("raise SystemExit('a file of the caller was run')")
        (tmp_path / "link").symlink_to(clone.root / "run.sh")
        start = clone.start(tmp_path / "link", cwd=tmp_path)
        assert (start.status, start.said) == (0, "")
        assert str(tmp_path) not in start.saw["path"]
        assert start.saw["settings"] == {
            "POTLUCK_DATA_DIR": str(clone.root / "data"),
            "POTLUCK_ENV_FILE": str(clone.root / ".env"),
        }

    @pytest.mark.parametrize("flags", [["--data-dir", "mine"], ["--data-dir=mine"]])
    def test_a_named_data_folder_is_relative_to_the_caller(
        self, clone: Clone, tmp_path: Path, flags: list[str]
    ) -> None:
        start = clone.start("run.sh", *flags, cwd=tmp_path)
        assert start.saw["arguments"] == ["serve", "--migrate", *flags]
        assert start.saw["folder"] == str(tmp_path)
        assert "POTLUCK_DATA_DIR" not in start.saw["settings"]

    def test_the_environment_names_the_data_folder(self, clone: Clone) -> None:
        start = clone.start("run.sh", POTLUCK_DATA_DIR="/srv/potluck")
        assert start.saw["settings"]["POTLUCK_DATA_DIR"] == "/srv/potluck"

    @pytest.mark.parametrize("line", ["POTLUCK_DATA_DIR=/x", "export potluck_data_dir = /x"])
    def test_the_env_file_names_the_data_folder(self, clone: Clone, line: str) -> None:
        env_file = clone.root / ".env"
        env_file.write_text(f"# mine\n{line}\n")
        try:
            assert "POTLUCK_DATA_DIR" not in clone.start("run.sh").saw["settings"]
        finally:
            env_file.unlink()

    def test_the_program_does_not_see_what_steers_the_script(
        self, clone: Clone, tmp_path: Path
    ) -> None:
        venv = tmp_path / "env"
        shutil.copytree(clone.root / ".venv" / "bin", venv / "bin", symlinks=True)
        shutil.copy(clone.root / ".venv" / "pyvenv.cfg", venv)
        line = (clone.root / STAMP).read_text()
        (venv / STAMP.name).write_text(line.replace(str(clone.root / ".venv"), str(venv)))
        start = clone.start("run.sh", cwd=tmp_path, POTLUCK_VENV="env")
        assert (start.status, start.said) == (0, "")
        assert "POTLUCK_VENV" not in start.saw["settings"]

    def test_prestart_migrates_the_same_data(self, clone: Clone, tmp_path: Path) -> None:
        start = clone.start("prestart.sh", cwd=tmp_path)
        assert start.saw["arguments"] == ["migrate"]
        assert start.saw["settings"]["POTLUCK_DATA_DIR"] == str(clone.root / "data")


class TestTest:
    @pytest.mark.parametrize(
        ("given", "passed"),
        [
            ([], PARALLEL),
            (["tests/domain", "-k", "range"], [*PARALLEL, "tests/domain", "-k", "range"]),
            (["-n", "0", "-x"], ["-n", "0", "-x"]),
            (["-n4"], ["-n4"]),
            (["--pdb"], ["--pdb"]),
            (["tests/domain/test_range.py"], ["tests/domain/test_range.py"]),
            (["tests/x.py::TestA::test_b"], ["tests/x.py::TestA::test_b"]),
        ],
    )
    def test_arguments_go_to_pytest(
        self, developed: Clone, given: list[str], passed: list[str]
    ) -> None:
        assert developed.start("test.sh", *given).saw["arguments"] == passed

    def test_it_runs_in_the_repository(self, developed: Clone, tmp_path: Path) -> None:
        assert developed.start("test.sh", cwd=tmp_path).saw["folder"] == str(developed.root)


@pytest.fixture
def bare(tmp_path: Path) -> Clone:
    """A copy that was never started."""
    return make_clone(tmp_path / "potluck")


class TestRefusals:
    @pytest.fixture
    def programs(self, tmp_path: Path) -> Path:
        """A folder with what the scripts call, but no Python."""
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in ("sh", "dirname", "readlink", "grep"):
            (folder / name).symlink_to(shutil.which(name) or "/missing")
        return folder

    def test_an_old_python_is_refused_by_its_version(self, bare: Clone, programs: Path) -> None:
        old = programs / "python3"
        old.write_text('#!/bin/sh\ncase "$2" in *platform*) echo 3.9.2 ;; *) exit 1 ;; esac\n')
        old.chmod(0o755)
        start = bare.start("run.sh", PATH=str(programs), PYTHON="")
        assert start.status == 1
        assert "Python 3.11 or newer is needed, and python3 here is 3.9.2." in start.said
        assert not (bare.root / ".venv").exists()

    def test_no_python_is_told(self, bare: Clone, programs: Path) -> None:
        start = bare.start("test.sh", PATH=str(programs), PYTHON="")
        assert start.status == 1
        assert "Python 3.11 or newer is needed, and no working python3 was found." in start.said

    def test_a_newer_python_beside_an_old_one_is_found(self, bare: Clone, programs: Path) -> None:
        old = programs / "python3"
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
        (programs / "python3.13").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (programs / "python3.13").chmod(0o755)
        find = f'. "{bare.root}/scripts/bootstrap.sh"; find_python'
        found = subprocess.check_output(
            ["/bin/sh", "-c", find], env={"PATH": str(programs)}, text=True
        )
        assert found == "python3.13\n"

    def test_a_folder_that_is_no_environment_is_left_alone(
        self, bare: Clone, tmp_path: Path
    ) -> None:
        precious = tmp_path / "home" / "letter"
        precious.parent.mkdir()
        precious.write_text("dear")
        start = bare.start("run.sh", POTLUCK_VENV=str(precious.parent))
        assert start.status == 1
        assert "holds something that is not a Python environment" in start.said
        assert precious.read_text() == "dear"

    def test_without_an_index_the_reason_is_told(self, bare: Clone, tmp_path: Path) -> None:
        start = bare.start(
            "run.sh",
            POTLUCK_INSTALLER="pip",
            PIP_NO_INDEX="1",
            PIP_FIND_LINKS=str(tmp_path),
            PIP_CONFIG_FILE=os.devnull,
        )
        assert start.status == 1
        assert "The first start needs a way to a Python package index." in start.said
        assert not (bare.root / STAMP).exists()

    def test_a_folder_that_cannot_be_written_is_told(self) -> None:
        python = "/usr/bin/python3"
        if os.geteuid() == 0 and not Path(python).exists():
            pytest.skip("no Python that another user can start")
        with tempfile.TemporaryDirectory(prefix="potluck-", dir="/tmp") as name:
            clone = make_clone(Path(name) / "potluck")
            clone.root.chmod(0o555)
            Path(name).chmod(0o755)
            done = subprocess.run(
                [clone.root / "run.sh"],
                env={"PATH": "/usr/bin:/bin"},
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
                user=65534 if os.geteuid() == 0 else None,
            )
            clone.root.chmod(0o755)
        assert done.returncode == 1
        assert f"{name}/potluck/.boot" in done.stderr
        assert "POTLUCK_VENV=/a/folder/of/yours" in done.stderr
