"""Where archives of people's own data lie until they are fetched: a folder that replicas share.

Names are made here out of a job's id and the number of its holder; nothing that anybody typed is
part of one. A file has its name only once it is whole.
"""

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from potluck.core.errors import StorageFull, Unavailable

_NAME = re.compile(r"(?P<id>[0-9a-f]{32})-[1-9][0-9]{0,9}\.zip")
#: What a killed process left of one that it was writing.
_ASIDE = ".part"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class ExportStore:
    """Archives by name in a folder, which is made when it is first used. Its methods block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def writing(self, id: UUID, fence: int) -> Iterator[tuple[IO[bytes], Callable[[], str]]]:
        """A file to write the archive of a job to, and what keeps it and gives its name.

        It survives a power cut once it is kept, and is gone after the block if it was not. Raises
        `StorageFull` when the disk has no room, `Unavailable` when the folder cannot be used.
        """
        name = f"{id.hex}-{fence}.zip"
        aside = self._folder / (name + _ASIDE)
        with _refusing():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with aside.open("wb") as file:

                def keep() -> str:
                    file.flush()
                    os.fsync(file.fileno())
                    aside.replace(self._folder / name)
                    self._settle()
                    return name

                try:
                    yield file, keep
                finally:
                    aside.unlink(missing_ok=True)

    def path(self, name: str) -> Path | None:
        """Where an archive lies; None when it is gone. Raises ValueError for no name of ours."""
        if not _NAME.fullmatch(name):
            raise ValueError("This is no name of an archive.")
        path = self._folder / name
        return path if path.is_file() else None

    def older_than(self, instant: datetime) -> Iterator[tuple[str, UUID]]:
        """Names of what was written before `instant`, halves among it, and of which job it is."""
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                found = _NAME.fullmatch(entry.name.removesuffix(_ASIDE))
                if found and entry.stat().st_mtime < instant.timestamp():
                    yield entry.name, UUID(found["id"])

    def remove(self, name: str) -> None:
        """Forget what `older_than` named; gone already is no error."""
        (self._folder / name).unlink(missing_ok=True)

    def _settle(self) -> None:
        """Make the names in the folder durable."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _refusing() -> Iterator[None]:
    """What the system refuses, without its words, which name folders of the host."""
    try:
        yield
    except OSError as failure:
        if failure.errno in _FULL:
            raise StorageFull(
                "The disk for archives is full; ask whoever runs this to make room."
            ) from failure
        raise Unavailable("Archives cannot be written right now.", retry_after_s=30) from failure
