"""The zip of somebody's data: every file with its checksum, and a list of them at the end."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import IO

#: Raised when what a reader of archives relies on changes.
VERSION = 1
FORMAT = "potluck-export"
_README = """\
This archive holds what Potluck keeps of you.

account.json     your account, what you are signed in with, and the names of your tokens
events/          what happened to your account, newest first, 200 events a file
households/      a folder for each of your households: household.json tells your role there
  recipes/       a file for each recipe, as the API answers it, and beside it its picture
manifest.json    the format and its version, and the SHA-256 of every other file

In a household that you own or administer these are all recipes that you can see, elsewhere those
that you wrote. All text is UTF-8. Amounts are exact: "1/3" is a third.
"""


@dataclass(frozen=True)
class Entry:
    """One file of the archive; `is_packed` for what gets no smaller by being compressed."""

    name: str
    content: bytes
    is_packed: bool = False


class Archive:
    """Writes entries into a file; it is no zip before `close`. Blocks while it compresses."""

    def __init__(self, file: IO[bytes], made_at: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._made_at = made_at
        self._files: list[dict[str, str | int]] = []

    def add(self, entries: Iterable[Entry]) -> None:
        """Write the entries behind what is there."""
        for entry in entries:
            self._write(entry)
            digest = hashlib.sha256(entry.content).hexdigest()
            size = len(entry.content)
            self._files.append({"path": entry.name, "sha256": digest, "byte_size": size})

    def close(self, recipe_count: int) -> None:
        """Write what explains the archive, and its directory."""
        self.add([Entry("README.txt", _README.encode())])
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": self._made_at.isoformat(),
            "recipe_count": recipe_count,
            "files": self._files,
        }
        self._write(Entry("manifest.json", json.dumps(manifest, indent=1).encode()))
        self._zip.close()

    def _write(self, entry: Entry) -> None:
        info = zipfile.ZipInfo(entry.name, self._made_at.timetuple()[:6])
        # Readable by whoever unpacks it and nobody else, where that means something.
        info.external_attr = 0o600 << 16
        info.compress_type = zipfile.ZIP_STORED if entry.is_packed else zipfile.ZIP_DEFLATED
        self._zip.writestr(info, entry.content)
