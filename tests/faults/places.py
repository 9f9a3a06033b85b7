"""Where experiments take place: a house on either engine, gone afterwards."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.house import House, opened
from tests.faults.own_postgres import OwnPostgres
from tests.serving import Server

ENGINES = ("sqlite", "postgresql")
PATIENT = {"DATABASE__POOL_TIMEOUT_S": "30"}

_numbers = itertools.count(1)


@dataclass
class Place:
    """Makes houses in a folder and on a server."""

    folder: Path
    postgres: OwnPostgres
    #: False for the few, short rounds of the test suite.
    is_full: bool = False
    _shared: dict[str, tuple[House, Server]] = field(default_factory=dict)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def amount(self, full: int, sample: int) -> int:
        """How many rounds or requests this run makes."""
        return full if self.is_full else sample

    @contextlib.contextmanager
    def house(
        self, engine: str, *, tablespace: str = "pg_default", **settings: str
    ) -> Iterator[House]:
        """An empty house; settings as `SERVER__DRAIN_S="2"`."""
        name = f"house_{next(_numbers)}"
        values = {f"POTLUCK_{key}": text for key, text in settings.items()}
        with contextlib.ExitStack() as stack:
            url = None
            if engine == "postgresql":
                url = stack.enter_context(self.postgres.database(name, tablespace))
            yield stack.enter_context(opened(House(engine, self.folder / name, url, values)))

    @contextlib.contextmanager
    def served_house(self, engine: str, **settings: str) -> Iterator[tuple[House, Server]]:
        """An empty house, and its server."""
        with self.house(engine, **settings) as house:
            yield house, house.start()

    @contextlib.contextmanager
    def patient_house(self, engine: str) -> Iterator[tuple[House, Server]]:
        """A house that lets nobody wait in vain, and its server, which must not be harmed.

        In a sample the experiments share one, because starting takes longer than they do.
        """
        if self.is_full:
            with self.served_house(engine, **PATIENT) as served:
                yield served
            return
        if engine not in self._shared:
            served = self._stack.enter_context(self.served_house(engine, **PATIENT))
            self._shared[engine] = served
        yield self._shared[engine]

    def close(self) -> None:
        """Leave the houses that were shared."""
        self._stack.close()
