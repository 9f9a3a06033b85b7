"""Where the files of pictures lie: a folder today, written so that a bucket can take its place.

Keys are made here out of a digest, a width and a format; nothing that a user typed is part of one.

Reading, listing and deleting go through obstore, by its synchronous calls in threads of ours: its
asynchronous ones leave threads behind that ended 12 of 40 short processes with SIGABRT (0.12.1).
Writing does not go through it: it renames a finished file into place but never calls fsync(2) (seen
with strace), and what a committed row names must survive a power cut.
"""

import errno
import os
import re
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import to_thread

from potluck.core.errors import StorageFull, Unavailable

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import LocalStore

Result = TypeVar("Result")

_KEY = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}(-[1-9][0-9]{0,4}\.(webp|avif)|\.sha256)")
#: Files on their way. One that is old was left by a process that was killed.
_INCOMING = "incoming"
_INCOMING_KEY = re.compile(_INCOMING + r"/[0-9a-f]{32}")
#: The last is a limit of the process on its files; for whoever sends a picture it is the same.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def media_key(digest: str, width: int, format: str) -> str:
    """The key of one file of a picture; ValueError for anything but our own kind of values."""
    key = f"{digest[:2]}/{digest}-{width}.{format}"
    _check(key)
    return key


def checksums_key(digest: str) -> str:
    """The key of what says how a picture's files must read, as sha256sum(1) writes and checks it.

    ValueError for anything but a digest.
    """
    key = f"{digest[:2]}/{digest}.sha256"
    _check(key)
    return key


class MediaStore:
    """Files by key in a folder, which is made when it is first used.

    Every method raises ValueError for a key that `media_key` could not have made, and Unavailable
    when the folder cannot be used (StorageFull when it has no room).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: str, data: bytes) -> None:
        """Stores a file; when this returns, it survives a power cut.

        What was stored under the key is replaced at once, so a put may be repeated. Raises
        StorageFull when the disk is full, and then nothing of the file is left.
        """
        _check(key)
        await _in_thread(self._put, key, data)

    async def get(self, key: str) -> bytes | None:
        """A file, or None when there is none."""
        _check(key)
        return await _in_thread(self._get, key)

    async def missing(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys under which there is no file, or an empty one."""
        keys = list(keys)
        for key in keys:
            _check(key)
        return await _in_thread(self._missing, keys)

    async def delete(self, keys: Iterable[str], *, older_than: datetime | None = None) -> None:
        """Forgets files; those that do not exist are no error.

        With `older_than`, files that were put again since then stay.
        """
        keys = list(keys)
        for key in keys:
            _check(key, may_be_incoming=True)
        await _in_thread(self._delete, keys, older_than)

    async def list_older_than(self, instant: datetime) -> AsyncIterator[str]:
        """Keys of what was put before `instant`, and of what killed processes left behind.

        The latter begin with `incoming/`: no row names them, and `delete` takes them. Files that
        are not ours are passed over.
        """
        found = await _in_thread(self._list)
        while chunk := await _in_thread(next, found, ()):
            for item in chunk:
                if item["last_modified"] < instant and _is_ours(item["path"]):
                    yield item["path"]

    @cached_property
    def _store(self) -> "LocalStore":
        from obstore.store import LocalStore  # noqa: PLC0415  7 MB that many processes never need

        self._make(self._folder)
        return LocalStore(self._folder)

    def _put(self, key: str, data: bytes) -> None:
        """Write aside, make it durable, rename, make the name durable."""
        aside = self._folder / _INCOMING / secrets.token_hex(16)
        place = self._folder / key
        self._make(aside.parent)
        self._make(place.parent)
        try:
            with aside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(place)
        except OSError:
            with suppress(OSError):
                aside.unlink()
            raise
        # Whoever made these folders may not have come to this line yet.
        for folder in (place.parent, self._folder, self._folder.parent):
            _settle(folder)

    def _list(self) -> Iterator[Sequence["ObjectMeta"]]:
        return self._store.list()

    def _get(self, key: str) -> bytes | None:
        try:
            return bytes(self._store.get(key).bytes())
        except FileNotFoundError:
            return None

    def _missing(self, keys: list[str]) -> list[str]:
        return [key for key in keys if not self._size(key)]

    def _size(self, key: str) -> int:
        try:
            return int(self._store.head(key)["size"])
        except FileNotFoundError:
            return 0

    def _delete(self, keys: list[str], older_than: datetime | None) -> None:
        for key in keys:
            with suppress(FileNotFoundError):
                if older_than is None or self._store.head(key)["last_modified"] < older_than:
                    self._store.delete(key)

    def _make(self, folder: Path) -> None:
        """For us alone, as everything in the data folder is."""
        if folder != self._folder:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _settle(folder: Path) -> None:
    """Makes the names in a folder durable; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_ours(key: str) -> bool:
    return _KEY.fullmatch(key) is not None or _INCOMING_KEY.fullmatch(key) is not None


def _check(key: str, *, may_be_incoming: bool = False) -> None:
    if not (_is_ours(key) if may_be_incoming else _KEY.fullmatch(key)):
        raise ValueError("This is no key of the media store.")


async def _in_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """What a function gives that may block; Unavailable for what the store or system refuses."""
    try:
        return await to_thread.run_sync(function, *arguments)
    except Exception as failure:
        if isinstance(failure, OSError) or type(failure).__module__.startswith("obstore"):
            raise _unavailable(failure) from failure
        raise


def _unavailable(failure: Exception) -> Unavailable:
    """Without the words of the system, which name folders of the host."""
    if isinstance(failure, OSError) and failure.errno in _FULL:
        return StorageFull("The disk for pictures is full; ask whoever runs this to make room.")
    return Unavailable("Pictures cannot be stored or read right now.", retry_after_s=30)
