"""Where experiments take place: a house on either engine, gone afterwards."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.house import House, opened
from tests.faults.own_postgres import OwnPostgres

ENGINES = ("sqlite", "postgresql")

_numbers = itertools.count(1)


@dataclass
class Place:
    """Makes houses in a folder and on a server."""

    folder: Path
    postgres: OwnPostgres
    #: False for the few, short rounds of the test suite.
    is_full: bool = False

    def amount(self, full: int, sample: int) -> int:
        """How many rounds or requests this run makes."""
        return full if self.is_full else sample

    @contextlib.contextmanager
    def house(self, engine: str, **settings: str) -> Iterator[House]:
        """An empty house; settings as `SERVER__DRAIN_S="2"`."""
        name = f"house_{next(_numbers)}"
        values = {f"POTLUCK_{key}": text for key, text in settings.items()}
        with contextlib.ExitStack() as stack:
            url = None
            if engine == "postgresql":
                url = stack.enter_context(self.postgres.database(name))
            yield stack.enter_context(opened(House(engine, self.folder / name, url, values)))
