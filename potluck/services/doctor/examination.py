"""The whole examination: one module looks at one thing, this one says in which order."""

from collections.abc import AsyncIterator

import structlog

from potluck.services.doctor import (
    address,
    audit,
    backlog,
    clock,
    database,
    folders,
    key,
    mail,
    passwords,
    pictures,
    recipes,
    schema,
    search_index,
    settings,
)
from potluck.services.doctor.finding import Check, Finding, Patient

log = structlog.get_logger(__name__)

_BESIDE: tuple[tuple[str, Check], ...] = (
    ("settings", settings.look),
    ("folders", folders.look),
    ("passwords", passwords.look),
    ("mail", mail.look),
    ("master key", key.look),
    ("clock", clock.look),
    ("address", address.look),
)
#: Each builds upon those before it.
_CHAIN: tuple[tuple[str, Check], ...] = (
    ("database", database.look),
    ("schema", schema.look),
    ("master key", key.compare),
    ("clock", clock.compare),
    ("audit", audit.look),
    ("recipes", recipes.look),
    ("search index", search_index.look),
    ("pictures", pictures.look),
    ("background work", backlog.look),
)


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """Everything that was found, one after the other."""
    for name, check in _BESIDE:
        async for finding in _looked_at(name, check, patient):
            yield finding
    for name, check in _CHAIN:
        does_stop = False
        async for finding in _looked_at(name, check, patient):
            does_stop = does_stop or finding.stops
            yield finding
        if does_stop:
            return


def refused_settings(problems: list[str]) -> list[Finding]:
    """What is found where the settings cannot be read: each problem."""
    return [settings.refused(problem) for problem in problems]


async def _looked_at(name: str, check: Check, patient: Patient) -> AsyncIterator[Finding]:
    """A check that breaks is a finding, too: damage comes as any exception."""
    try:
        async for finding in check(patient):
            yield finding
    except Exception as error:
        log.warning("check_broke", check=name, exc_info=True)
        yield Finding(
            name,
            "error",
            f"This could not be looked at to the end: {type(error).__name__}.",
            "Mend what else is told here; if this stays, the log of this command says more.",
        )
