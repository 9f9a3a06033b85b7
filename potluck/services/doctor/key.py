"""The master key: there, closed to others, and the one that this database belongs to."""

from collections.abc import AsyncIterator
from pathlib import Path

from potluck import crud
from potluck.core import master_key
from potluck.core.config import Settings
from potluck.core.config_error import ConfigError
from potluck.core.errors import NotReady
from potluck.core.master_key import MasterKey
from potluck.services.doctor.finding import Finding, Patient
from potluck.services.signing_keys import KeyRing

CHECK = "master key"
_BRING = (
    "Bring back the folder keys of the data folder from your copy of it, or set"
    " POTLUCK_MASTER_KEY to the key; without it, everybody has to sign in anew and tokens end."
)


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """Whether the key can be read, and by us alone."""
    settings = patient.settings
    path = _path(settings)
    try:
        found = key_of(settings)
    except ConfigError as error:
        for problem in error.problems:
            yield Finding(CHECK, "error", problem, "Or, if it was damaged: " + _BRING)
        return
    if found is None:
        yield Finding(
            CHECK,
            "error",
            f"There is no master key at {path}.",
            "A new installation makes one with potluck migrate. For one that had it: " + _BRING,
        )
    elif path is not None and path.stat().st_mode & 0o070:
        yield Finding(
            CHECK,
            "warning",
            f"Others of the file's group can read the master key in {path}.",
            f"Close it: chmod 600 {path}",
        )


async def compare(patient: Patient) -> AsyncIterator[Finding]:
    """Whether the database was written under this key, and what is sealed in it opens."""
    try:
        found = key_of(patient.settings)
    except ConfigError:
        return  # told already
    if found is None:
        return
    async with patient.reading() as session:
        instance = await crud.instance.get(session)
    if instance is None:
        yield Finding(
            CHECK,
            "error",
            "The database has tables and no installation in it.",
            "Run: potluck migrate",
        )
    elif instance.master_key_fingerprint != found.fingerprint():
        yield Finding(CHECK, "error", "The database belongs to another master key.", _BRING)
    else:
        yield await _opened(patient, found)


def key_of(settings: Settings) -> MasterKey | None:
    """The key that the settings name; None while there is none. Raises `ConfigError`."""
    given = settings.master_key.get_secret_value() if settings.master_key else None
    return master_key.find(settings.data_dir, given=given, given_file=settings.master_key_file)


async def _opened(patient: Patient, found: MasterKey) -> Finding:
    try:
        access_s = patient.settings.tokens.access_s
        await KeyRing(patient.reading, found, patient.clock, access_s).current()
    except NotReady:
        return Finding(
            CHECK,
            "error",
            "A key that signs tokens is missing, or was changed in the database.",
            "Bring the database back from your last good copy.",
        )
    return Finding(CHECK, "ok", "The database was written under this master key.")


def _path(settings: Settings) -> Path | None:
    if settings.master_key is not None:
        return None
    return settings.master_key_file or settings.data_dir / master_key.KEY_FILE
