"""Every experiment: what is broken, on which engines, and the function that does it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tests.faults.experiments import (
    clock,
    contention,
    database,
    kill,
    machine,
    repeats,
    restarts,
    starting,
)
from tests.faults.places import ENGINES, Place
from tests.faults.report import Row


@dataclass(frozen=True)
class Experiment:
    """`run(place, engine)` gives the row."""

    id: str
    run: Callable[[Place, str], Coroutine[Any, Any, Row]]
    engines: tuple[str, ...] = ENGINES


SQLITE, POSTGRESQL = ("sqlite",), ("postgresql",)

EXPERIMENTS = (
    Experiment("R-01", kill.kill_in_the_middle_of_writes),
    Experiment("R-02", machine.synced_before_answered, SQLITE),
    Experiment("R-03", database.restarted, POSTGRESQL),
    Experiment("R-05", database.away, POSTGRESQL),
    Experiment("R-06", database.exhausted),
    Experiment("R-07", database.silent, POSTGRESQL),
    Experiment("R-09", machine.disk_full),
    Experiment("R-09", machine.database_disk_full, POSTGRESQL),
    Experiment("R-10", machine.descriptors, SQLITE),
    Experiment("R-12", clock.jumps),
    Experiment("R-13", restarts.told_to_stop),
    Experiment("R-13", restarts.told_to_stop_as_shipped),
    Experiment("R-14", restarts.killed, POSTGRESQL),
    Experiment("R-16", starting.migration_killed),
    Experiment("R-17", contention.one_recipe),
    Experiment("R-18", repeats.same_post),
    Experiment("R-22", starting.two_at_once),
    Experiment("R-23", starting.unfit_folder, SQLITE),
    Experiment("hang-up", contention.hung_up),
    Experiment("burst-32", contention.burst_of_32),
    Experiment("burst-256", contention.burst_of_256),
    Experiment("burst-256", contention.burst_of_256_as_shipped),
)
