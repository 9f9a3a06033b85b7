"""Recipes: each is the state that was saved last, can be read, and is listed as what it is."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from potluck.crud import examination
from potluck.schemas.recipe import RecipeDocument
from potluck.services import documents
from potluck.services.doctor.batches import batches
from potluck.services.doctor.finding import Finding, Patient, Tally, counted
from potluck.services.recipe_projection import project

CHECK = "recipes"
#: Read at a time: a document has a megabyte at most.
BATCH = 50
#: The canonical text may differ between versions of the program; the saved state is compared.
_NOT_COMPARED = {"document"}

_UNREADABLE = "cannot be read from the database"
_NO_REVISION = "have lost their newest saved state"
_CHANGED = "are not what was saved last"
_REVISION_CHANGED = "have a newest saved state that is not what it was"
_NO_DOCUMENT = "hold no document of this program"
_OTHER_COLUMNS = "are listed as something else than they are"
_MENDS = {
    _UNREADABLE: "Bring them back from your last good copy.",
    _NO_REVISION: "Save each once more; its history before that is lost.",
    _CHANGED: "Somebody changed the database, or the disk did: look at each, and restore it from"
    " its history or from your last good copy.",
    _REVISION_CHANGED: "The recipe itself is whole: save it once more, and its history goes on.",
    _NO_DOCUMENT: "Restore each from its history or from your last good copy.",
    _OTHER_COLUMNS: "Save each once more; that writes what lists, filters and sorts read.",
}


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """Every recipe, a few at a time, those in the trash as well."""
    faults = {fault: Tally() for fault in _MENDS}
    count = 0
    async for rows in batches(patient, examination.recipes, size=BATCH):
        count += len(rows)
        async for id, fault in _faults(patient, [row.id for row in rows]):
            faults[fault].add(id)
    for fault, broken in faults.items():
        if broken.count:
            what = f"{counted(broken.count, 'recipe')} {fault}: {broken}."
            yield Finding(CHECK, "error", what, _MENDS[fault])
    if not any(broken.count for broken in faults.values()):
        yield Finding(CHECK, "ok", f"{counted(count, 'recipe')} as they were saved last.")


def faults_of(row: Any) -> Iterator[str]:
    """What is wrong with a recipe (`Recipe`, `sha256`, `is_same`). Pure."""
    recipe, sha256, is_same = row
    if sha256 is None:
        yield _NO_REVISION
    elif documents.sha256(recipe.document) != sha256:
        yield _CHANGED
    elif not is_same:
        yield _REVISION_CHANGED
    try:
        document = RecipeDocument.model_validate_json(recipe.document)
    except ValidationError:
        yield _NO_DOCUMENT
        return
    columns = project(document).model_dump(exclude=_NOT_COMPARED)
    if any(getattr(recipe, name) != value for name, value in columns.items()):
        yield _OTHER_COLUMNS


async def _faults(patient: Patient, ids: list[UUID]) -> AsyncIterator[tuple[UUID, str]]:
    """Each fault with the recipe that has it; a batch that breaks is read one by one."""
    try:
        async with patient.reading(long=True) as session:
            rows = await examination.recipe_states(session, ids)
            found = [(row[0].id, fault) for row in rows for fault in faults_of(row)]
    except Exception:  # noqa: BLE001 - damage comes as any exception
        if len(ids) == 1:
            yield ids[0], _UNREADABLE
            return
        for id in ids:
            async for each in _faults(patient, [id]):
                yield each
        return
    for pair in found:
        yield pair
