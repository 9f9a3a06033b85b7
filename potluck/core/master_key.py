"""The one secret of an instance, from which every other symmetric key is derived.

It is made at the first start and kept in the data folder, or given by the operator. There is no
default value: a key that stands in a program or a document is no key.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from potluck.core import base64url
from potluck.core.config_error import ConfigError

#: 256 bits, the strength of the ciphers and hashes that use the derived keys.
KEY_BYTES = 32
KEY_FILE = Path("keys", "master.key")

_HOW_TO_MAKE = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
_HEX = re.compile(r"[0-9A-Fa-f]+")
#: Parts of sample values. The shortest has six letters: a random key of 43 characters contains
#: one of them, in any mixture of cases, about once in ten million.
_SAMPLE_WORDS = (
    "changethis", "changeme", "replaceme", "secret", "password", "passphrase", "example",
    "sample", "insecure", "default", "masterkey", "potluck", "qwerty", "abcdef0123456789",
)  # fmt: skip
#: Keys that are printed in the tutorials of widely used frameworks.
_PUBLISHED_KEYS = frozenset(
    {
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    }
)


class MasterKey:
    """At least 32 secret bytes that never leave this object; only derived keys do."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) < KEY_BYTES:
            raise ValueError(f"a master key has at least {KEY_BYTES} bytes")
        self._secret = secret

    def derive(self, label: str, length: int = 32) -> bytes:
        """`length` bytes that belong to `label` alone (HKDF-SHA256, RFC 5869).

        Keys of different labels tell nothing about each other or about the master key.
        """
        info = b"potluck/v1/" + label.encode()
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self._secret)

    def fingerprint(self) -> str:
        """32 hex digits by which two keys can be compared; nothing can be opened with them."""
        return self.derive("fingerprint", 16).hex()

    def __repr__(self) -> str:
        return "MasterKey(<secret>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a master key is not copied into files or other processes")


def load_or_create(
    data_dir: Path, *, given: str | None = None, given_file: Path | None = None
) -> MasterKey:
    """The instance's key: the given one, else that of the data folder, made if there is none.

    `given` is the key itself, `given_file` a file that holds it: at least 32 random bytes as
    base64url or hex text. The file of the data folder has the same form, so it can be handed to
    another machine. Raises ConfigError with a sentence for the operator that never shows the key.
    """
    found = find(data_dir, given=given, given_file=given_file)
    if found is not None:
        return found
    path = data_dir / KEY_FILE
    with _kept_in(path):
        if not path.exists():
            _make_folder(path.parent)
            with _lock(path.with_suffix(".lock")):
                if not path.exists():
                    _write_new(path)
    return read(path)


def find(
    data_dir: Path, *, given: str | None = None, given_file: Path | None = None
) -> MasterKey | None:
    """As `load_or_create`, and None where that would make a key. Nothing is written."""
    if given is not None and given_file is not None:
        raise _refusal(
            "Give the master key as POTLUCK_MASTER_KEY or as POTLUCK_MASTER_KEY_FILE, not both."
        )
    if given is not None:
        return parse(given, "POTLUCK_MASTER_KEY")
    if given_file is not None:
        return read(given_file)
    path = data_dir / KEY_FILE
    with _kept_in(path):
        is_there = path.exists()
    return read(path) if is_there else None


@contextmanager
def _kept_in(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _refusal(
            f"The master key cannot be kept in {path}: {error.strerror}. "
            "Let the user that runs the service own the data folder."
        ) from error


def _refusal(sentence: str) -> ConfigError:
    return ConfigError([sentence])


def check(given: str) -> None:
    """Refuse a given key that could not be used, before anything is made with it.

    Raises ConfigError with a sentence that never shows the key.
    """
    parse(given, "it")


def _make_folder(folder: Path) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Processes that start at the same moment come through one after the other."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_new(path: Path) -> None:
    """Put a fresh key at `path`: the whole of it or, after a power failure, nothing."""
    text = base64url.encode(secrets.token_bytes(KEY_BYTES)) + "\n"
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(unfinished, flags, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(path: Path) -> MasterKey:
    """The key in a file that others cannot read. Raises `ConfigError`."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(4096).decode("ascii", "replace")
    except OSError as error:
        raise _refusal(f"The master key file {path} cannot be read: {error.strerror}.") from error
    if mode & 0o007:
        raise _refusal(
            f"The master key file {path} is open to every user of this machine. "
            f"Close it: chmod 600 {path}"
        )
    return parse(text, str(path))


def parse(text: str, where: str) -> MasterKey:
    """The key in a text; `where` names its place in the `ConfigError` of one that is no key."""
    text = text.strip()
    if _is_sample(text):
        raise _refusal(f"{where} is a well-known sample value, no secret. {_HOW_TO_MAKE}")
    try:
        secret = _decode(text)
    except ValueError:
        raise _refusal(
            f"{where} holds neither base64url nor hex text, or not all of it. {_HOW_TO_MAKE}"
        ) from None
    if len(secret) < KEY_BYTES:
        raise _refusal(
            f"{where} holds {len(secret)} bytes; a master key has at least {KEY_BYTES}. "
            f"{_HOW_TO_MAKE}"
        )
    if _is_sample(secret.decode("latin-1")) or not _looks_random(text, secret):
        raise _refusal(f"{where} can be guessed: it is not random. {_HOW_TO_MAKE}")
    return MasterKey(secret)


def _decode(text: str) -> bytes:
    """Hex digits only are hex: as base64url they would count for more than they hold."""
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    # `openssl rand -base64 32` writes the other alphabet of RFC 4648, with padding.
    return base64url.decode(text.rstrip("=").replace("+", "-").replace("/", "_"))


def _is_sample(text: str) -> bool:
    letters = re.sub(r"[-_ .+/=]", "", text.lower())
    return letters in _PUBLISHED_KEYS or any(word in letters for word in _SAMPLE_WORDS)


def _looks_random(text: str, secret: bytes) -> bool:
    """Refuses repeated, counted and typed keys.

    A random key of 32 bytes fails with a probability below 1e-9: fewer than 17 different bytes
    3e-14 (the bound is "n values, m draws": C(n, k) (k/n)^m), fewer than 13 different steps
    between neighbours 1e-20, base64url text without a capital or a small letter 4e-10.
    """
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    is_typed = not _HEX.fullmatch(text) and text in {text.lower(), text.upper()}
    return len(set(secret)) >= 17 and len(steps) >= 13 and not is_typed
