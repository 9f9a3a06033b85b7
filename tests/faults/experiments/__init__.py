"""Every experiment: what is broken, on which engines, and the function that does it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tests.faults.experiments import database, kill, restarts
from tests.faults.places import ENGINES, Place
from tests.faults.report import Row


@dataclass(frozen=True)
class Experiment:
    """`run(place, engine)` gives the row."""

    id: str
    run: Callable[[Place, str], Coroutine[Any, Any, Row]]
    engines: tuple[str, ...] = ENGINES


EXPERIMENTS = (
    Experiment("R-01", kill.kill_in_the_middle_of_writes),
    Experiment("R-03", database.restarted, ("postgresql",)),
    Experiment("R-05", database.away, ("postgresql",)),
    Experiment("R-06", database.exhausted),
    Experiment("R-07", database.silent, ("postgresql",)),
    Experiment("R-13", restarts.told_to_stop),
    Experiment("R-14", restarts.killed, ("postgresql",)),
)
