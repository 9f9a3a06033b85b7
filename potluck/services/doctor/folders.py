"""The data folder: whose it is, who else can read it, and whether there is room."""

import os
import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from potluck.services.doctor.finding import Finding, Patient

CHECK = "folders"
#: SQLite needs room for its log beside the file, and a picture takes up to 20 MB before it is made
#: small: below the first the service may refuse to write at any moment.
FULL_BELOW = 100 * 1024**2
TIGHT_BELOW = 1024**3


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """The folder of everything, and the SQLite file where it lies elsewhere."""
    settings = patient.settings
    path = settings.database_url.path
    folders = dict.fromkeys([settings.data_dir, *([path.parent] if path else [])])
    found = [finding for folder in folders for finding in _folder(folder)]
    if path is not None:
        found += _file(path)
    for finding in found:
        yield finding
    if not found:
        free = shutil.disk_usage(settings.data_dir).free
        yield Finding(
            CHECK, "ok", f"{settings.data_dir} is ours alone, with {_gigabytes(free)} to spare."
        )


def room(folder: Path, free: int) -> Iterator[Finding]:
    """Whether so many free bytes are enough. Pure."""
    if free >= TIGHT_BELOW:
        return
    yield Finding(
        CHECK,
        "error" if free < FULL_BELOW else "warning",
        f"The disk of {folder} has {_gigabytes(free)} to spare.",
        "Make room, or move the data folder; the service goes on by itself.",
    )


def _folder(folder: Path) -> Iterator[Finding]:
    try:
        seen = folder.stat()
    except OSError as error:
        yield Finding(
            CHECK,
            "error",
            f"The folder {folder} cannot be looked at: {error.strerror}.",
            "Set POTLUCK_DATA_DIR as the service has it; a new one is made by potluck migrate.",
        )
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            CHECK,
            "error",
            f"The folder {folder} cannot be written.",
            "Let the user that runs the service own it, and mount it writable.",
        )
    if seen.st_uid != os.geteuid():
        yield Finding(
            CHECK,
            "warning",
            f"The folder {folder} belongs to user {seen.st_uid}, and this is {os.geteuid()}.",
            "Run commands as the user that runs the service, or its files become another's.",
        )
    if seen.st_mode & 0o077:
        yield Finding(
            CHECK,
            "warning",
            f"Other users of this machine can enter {folder} ({stat.filemode(seen.st_mode)}).",
            f"Close it: chmod 700 {folder}",
        )
    yield from room(folder, shutil.disk_usage(folder).free)


def _file(path: Path) -> Iterator[Finding]:
    if path.exists() and path.stat().st_mode & 0o007:
        yield Finding(
            CHECK,
            "warning",
            f"Every user of this machine can open {path}.",
            f"Close it: chmod 600 {path}",
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1024**3:.1f} GiB"
