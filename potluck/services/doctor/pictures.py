"""Pictures: every file is there and reads as it was written, and none is left over."""

import hashlib
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import Any

from potluck import crud
from potluck.clients.media_store import checksums_key, media_key
from potluck.crud import examination
from potluck.services.doctor.batches import batches
from potluck.services.doctor.finding import Finding, Patient, Tally, counted

CHECK = "pictures"
BATCH = 200
#: Pictures whose files are read when not all are: 200 kB each.
SAMPLE = 200
#: Files without a row go after a day, at the next housekeeping.
ORPHANS_LATE = timedelta(days=2)
_MEND_LOST = (
    "Bring the folder media back from your copy, or send the pictures of these recipes anew."
)


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """The files behind every row, the rows behind every file, and the folder of both."""
    folder = patient.settings.media_dir
    if folder.exists() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        what = f"The folder {folder} cannot be written."
        yield Finding(CHECK, "error", what, "Let the user that runs the service own it.")
        return
    missing, damaged, unknown, count = Tally(), Tally(), 0, 0
    async for rows in batches(patient, examination.pictures, size=BATCH):
        count += len(rows)
        for key in await _missing(patient, rows):
            missing.add(key)
        for row in _chosen(patient, rows, count):
            broken = await damaged_files(patient, row)
            unknown += broken is None
            for name in broken or []:
                damaged.add(name)
    orphans = await _orphans(patient)
    for tally, what in ((missing, "missing"), (damaged, "not as written")):
        if tally.count:
            sentence = f"{counted(tally.count, 'file')} of pictures {what}: {tally}."
            yield Finding(CHECK, "error", sentence, _MEND_LOST)
    if orphans.count:
        yield Finding(
            CHECK,
            "warning",
            f"{counted(orphans.count, 'file')} of no picture left over: {orphans}.",
            "The service removes them every six hours while it runs; see what its log says of"
            " keep-house.",
        )
    if not missing.count and not damaged.count and not orphans.count:
        yield Finding(CHECK, "ok", _summary(patient, count, unknown))


async def damaged_files(patient: Patient, row: Any) -> list[str] | None:
    """Files of a picture that do not read as they were written; None if nobody noted how.

    Files that are missing are told elsewhere.
    """
    noted = await patient.media.get(checksums_key(row.digest))
    if noted is None:
        return None
    wanted = dict(_noted(noted))
    damaged = [] if wanted.keys() == _names(row) else [f"{row.digest}.sha256"]
    for name, sha256 in wanted.items():
        content = (
            await patient.media.get(f"{row.digest[:2]}/{name}") if name in _names(row) else None
        )
        if content and hashlib.sha256(content).hexdigest() != sha256:
            damaged.append(name)
    return damaged


def _noted(text: bytes) -> Iterator[tuple[str, str]]:
    """The lines of sha256sum(1): name and digest; damaged ones give names that nobody has."""
    for line in text.decode("ascii", "replace").splitlines():
        sha256, _, name = line.partition("  ")
        yield name, sha256


def _names(row: Any) -> set[str]:
    return {key.rpartition("/")[2] for key in _keys(row)}


def _keys(row: Any) -> list[str]:
    widths, formats = map(int, row.widths.split()), row.formats.split()
    return [media_key(row.digest, width, format) for width in widths for format in formats]


def _chosen(patient: Patient, rows: Sequence[Any], count: int) -> Sequence[Any]:
    """The rows whose files are read: all, or the oldest few."""
    return rows if patient.is_thorough or count <= SAMPLE else ()


async def _missing(patient: Patient, rows: Sequence[Any]) -> list[str]:
    keys = {key: None for row in rows for key in _keys(row)}
    if not patient.settings.media_dir.exists():
        return list(keys)
    return await patient.media.missing(keys)


async def _orphans(patient: Patient) -> Tally:
    """Old files whose digest no row has."""
    orphans = Tally()
    if not patient.settings.media_dir.exists():
        return orphans
    keys: list[str] = []
    async for key in patient.media.list_older_than(patient.clock.now() - ORPHANS_LATE):
        keys.append(key)
        if len(keys) == BATCH:
            await _without_row(patient, keys, orphans)
            keys = []
    await _without_row(patient, keys, orphans)
    return orphans


async def _without_row(patient: Patient, keys: list[str], orphans: Tally) -> None:
    digests = {key: key.rpartition("/")[2][:64] for key in keys}
    if not digests:
        return
    async with patient.reading(long=True) as session:
        known = await crud.media.known(session, set(digests.values()))
    for key, digest in digests.items():
        if digest not in known:
            orphans.add(key)


def _summary(patient: Patient, count: int, unknown: int) -> str:
    read = count if patient.is_thorough else min(count, SAMPLE)
    noted = f" ({unknown} from before checksums were kept)" if unknown else ""
    return (
        f"{counted(count, 'picture')} with all their files; of {read} every byte was read{noted}."
    )
