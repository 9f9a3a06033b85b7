"""Make the Python environment that run.sh and test.sh start from.

    environment.py [--check] run|dev|audit|client VENV

`run` installs requirements.lock, `dev` requirements-dev.lock, which holds the first and more;
`audit` the tools of `make security` and `client` what generates a client, without Potluck.
Every file that is installed is checked against a hash in the lock. Runs on any Python 3.11+ with
nothing but its standard library. `--check` changes nothing: it exits 0 when the environment is
current and 1 when it is not, and must be run by the environment's own interpreter.
"""
# ruff: noqa: S603 - every command is built here, from paths and constants

import argparse
import contextlib
import errno
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "run": ROOT / "requirements.lock",
    "dev": ROOT / "requirements-dev.lock",
    "audit": ROOT / "requirements-audit.lock",
    "client": ROOT / "requirements-client.lock",
}
INSTALLER_LOCK = ROOT / "requirements-boot.lock"
FONTS_LOCK = ROOT / "requirements-build.lock"
FONTS = ROOT / "potluck" / "static" / "fonts"
STAMP = ".potluck-lock"
OLDEST = (3, 11)


class CannotInstall(Exception):
    """A sentence for the person at the terminal: what could not be done, and what to try."""


def say(sentence: str) -> None:
    """Write one line to standard error, apart from what the started program prints."""
    sys.stderr.write(f"potluck: {sentence}\n")
    sys.stderr.flush()


def stamp(kind: str, venv: Path, version: str) -> str:
    """The line that an environment of this lock, Python version and place carries."""
    digest = hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()
    return f"{kind} {digest} {version} {venv}"


def read_stamp(venv: Path) -> str:
    """The stamp of an environment, or "" when it was never finished."""
    try:
        return (venv / STAMP).read_text(encoding="utf-8")
    except OSError:
        return ""


def is_current(kind: str, venv: Path, version: str) -> bool:
    """Whether nothing has to be installed. The development lock serves `run` as well."""
    kinds = {"run", "dev"} if kind == "run" else {kind}
    return read_stamp(venv) in {stamp(each, venv, version) for each in kinds}


def version_of(venv: Path) -> str | None:
    """The Python version of an environment that starts and is new enough, else None."""
    code = "import platform, sys; print(platform.python_version()) if sys.version_info >= %r else 0"
    try:
        answer = subprocess.run(
            [venv / "bin" / "python", "-ISc", code % (OLDEST,)],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip() or None


def works(*command: str | Path) -> bool:
    """Whether a command runs and succeeds. What it prints is dropped."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def find_uv(boot: Path) -> Path | None:
    """An installer that works: uv from PATH, else installed into `boot`, else None."""
    own = boot / "bin" / "uv"
    on_path = shutil.which("uv")
    for known in (on_path, own):
        if known and works(known, "--version"):
            return Path(known)
    say("fetching the installer (uv)")
    install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
    lock = ("-r", INSTALLER_LOCK)
    # Debian's Python lets nothing be installed beside it, and may lack what `venv` needs; it does
    # accept a folder of its own as target.
    if works(sys.executable, "-m", "venv", boot):
        works(boot / "bin" / "python", *install, *lock)
    if not own.exists():
        works(sys.executable, *install, "--target", boot, *lock)
    return own if works(own, "--version") else None


def run(*command: str | Path, environ: dict[str, str] | None = None) -> None:
    """Run one step of the installation with its output shown."""
    environment = os.environ | (environ or {})
    try:
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        message = (
            "the environment could not be made; the lines above say why. "
            "The first start needs a way to a Python package index."
        )
        raise CannotInstall(message) from error


def base_interpreter() -> str:
    """The interpreter to build on: never one of an environment that is about to be replaced."""
    return str(getattr(sys, "_base_executable", "") or sys.executable)


def install_with_uv(uv: Path, lock: Path, venv: Path, boot: Path) -> None:
    """Bring the environment to exactly what the lock says."""
    environ = {"UV_PYTHON_DOWNLOADS": "never"}
    home = Path(os.environ.get("HOME") or "/nonexistent")
    if not {"UV_CACHE_DIR", "XDG_CACHE_HOME"} & os.environ.keys() and not os.access(home, os.W_OK):
        environ["UV_CACHE_DIR"] = str(boot / "cache")
    if version_of(venv) is None:
        run(uv, "venv", "--quiet", "--python", base_interpreter(), venv, environ=environ)
    # Compiled here, because whoever serves later may not be allowed to write into this folder.
    options = ("--quiet", "--require-hashes", "--compile-bytecode")
    run(uv, "pip", "sync", *options, "--python", venv / "bin" / "python", lock, environ=environ)


def install_with_pip(lock: Path, venv: Path) -> None:
    """The same without uv. pip removes nothing, so the environment is made anew."""
    remove_environment(venv)
    options = ("install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock)
    if works(base_interpreter(), "-m", "venv", venv):
        run(venv / "bin" / "python", "-m", "pip", *options)
        return
    run(base_interpreter(), "-m", "venv", "--without-pip", "--clear", venv)
    run(base_interpreter(), "-m", "pip", "--python", venv / "bin" / "python", *options)


def remove_environment(venv: Path) -> None:
    """Remove an environment that cannot be used; refuse to remove anything else."""
    if not venv.exists():
        return
    if any(venv.iterdir()) and not (venv / "pyvenv.cfg").exists():
        message = f"{venv} holds something that is not a Python environment; name another folder."
        raise CannotInstall(message)
    shutil.rmtree(venv)


def boot_folder(venv: Path) -> Path:
    """Where the installer and the lock of this installation live: beside the environment."""
    ours = {ROOT / ".venv", ROOT / ".venv-audit", ROOT / ".venv-client"}
    return ROOT / ".boot" if venv in ours else venv.with_name(venv.name + "-boot")


@contextlib.contextmanager
def alone(boot: Path) -> Iterator[None]:
    """Hold the installation: two starts at once take turns, and the second finds it done."""
    with (boot / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another start is installing; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            say("this file system has no locks; start one at a time")
        yield


def install(uv: Path | None, lock: Path, venv: Path, boot: Path) -> None:
    """Make or change an environment so that it holds what a lock says."""
    if uv:
        install_with_uv(uv, lock, venv, boot)
    else:
        install_with_pip(lock, venv)


def make(kind: str, venv: Path, boot: Path) -> None:
    """Install the lock of this kind, unless another start did so meanwhile."""
    version = version_of(venv)
    if version and is_current(kind, venv, version):
        return
    previous = read_stamp(venv)
    if kind == "run" and previous.startswith("dev "):
        kind = "dev"
    (venv / STAMP).unlink(missing_ok=True)
    if version is None or (previous and not previous.endswith(f" {venv}")):
        # Without a working interpreter, or carried here from another folder, whose name it holds.
        remove_environment(venv)
    say(f"installing {LOCKS[kind].name} into {venv} (only when it changed)")
    uv = None if os.environ.get("POTLUCK_INSTALLER") == "pip" else find_uv(boot)
    install(uv, LOCKS[kind], venv, boot)
    made = version_of(venv)
    if made is None:
        message = f"{venv} was made but does not start"
        raise CannotInstall(message)
    if kind not in {"audit", "client"}:
        make_fonts(uv, boot)
    unfinished = venv / f"{STAMP}.new"
    unfinished.write_text(stamp(kind, venv, made), encoding="utf-8")
    unfinished.replace(venv / STAMP)


def make_fonts(uv: Path | None, boot: Path) -> None:
    """Make the two web fonts, which no checkout holds. Pages do without when it cannot be done."""
    if any(FONTS.glob("*.woff2")) or not os.access(FONTS.parent, os.W_OK):
        return
    # Needed once, so in an environment that goes again: it is no part of what serves.
    tools = boot / "fonts"
    try:
        install(uv, FONTS_LOCK, tools, boot)
        made = works(tools / "bin" / "python", "-P", ROOT / "build_assets.py")
    except (CannotInstall, OSError):
        made = False
    shutil.rmtree(tools, ignore_errors=True)
    if not made:
        say("the web fonts could not be made; pages use those of the reader's system")


def main() -> int:
    """Read the command line; 0 when the environment is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("kind", choices=sorted(LOCKS))
    parser.add_argument("venv", type=Path)
    arguments = parser.parse_args()
    venv: Path = arguments.venv
    if arguments.check:
        return 0 if is_current(arguments.kind, venv, platform.python_version()) else 1
    boot = boot_folder(venv)
    try:
        boot.mkdir(parents=True, exist_ok=True)
        with alone(boot):
            make(arguments.kind, venv, boot)
    except (CannotInstall, OSError) as error:
        say(str(error))
        if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            say("POTLUCK_VENV=/a/folder/of/yours puts the Python environment somewhere else.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
