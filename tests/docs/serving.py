"""A Potluck for pages that are done as they say: quiet, and gone at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests import processes
from tests.serving import served


@contextmanager
def potluck(
    folder: Path, settings: Mapping[str, str], root: Path = processes.ROOT
) -> Iterator[str]:
    """Serve what is in `root` with its data in `folder`; gives the address, no slash at the end."""
    usual = {"POTLUCK_LOG__LEVEL": "error", "POTLUCK_SERVER__DRAIN_S": "0"}
    data = ("--data-dir", str(folder))
    with served(folder, *data, root=root, settings={**usual, **settings}) as server:
        yield server.url
