"""The search index: every recipe is in it, with its own words, for those who may read it."""

from collections.abc import AsyncIterator
from typing import Any

from potluck import crud
from potluck.crud import examination
from potluck.services import recipe_index
from potluck.services.doctor.batches import batches
from potluck.services.doctor.finding import NAMED, Finding, Patient, Tally, counted

CHECK = "search index"
#: Who finds a recipe is short: many at a time. Its words take 4 ms a recipe to find out anew.
BATCH, WORDS_BATCH = 1_000, 50
SAMPLE = 200
_REINDEX = "Run: potluck reindex"
_COLUMNS = ("title", "labels", "lines", "steps")


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """What is missing, what is old, and what waits."""
    found = [
        *await _coverage(patient),
        *_told(await _wrong_readers(patient), "can be found by other people than may read them"),
        *_told(await _old_words(patient), "are found by other words than they hold"),
    ]
    for finding in found:
        yield finding
    if not found:
        looked = "every recipe" if patient.is_thorough else f"at most {SAMPLE} of them"
        yield Finding(CHECK, "ok", f"All recipes are indexed; the words of {looked} were compared.")


async def _coverage(patient: Patient) -> list[Finding]:
    async with patient.reading(long=True) as session:
        instance = await crud.instance.get(session)
        missing, count = await examination.unindexed(session, limit=NAMED)
        waiting = await crud.recipe_words.requested(session)
        uneven = await examination.not_in_full_text(session)
    found = _told(Tally(count, [str(each) for each in missing]), "can be found by no search")
    if instance is not None and instance.search_version != recipe_index.SEARCH_VERSION:
        what = "Another version of Potluck wrote the index."
        found.append(Finding(CHECK, "error", what, "Restart the service, or run: potluck migrate"))
    if waiting:
        found.append(
            Finding(
                CHECK,
                "warning",
                f"{counted(waiting, 'recipe')} wait to be indexed.",
                "The service does it while it runs; if as many wait in a minute, run:"
                " potluck reindex",
            )
        )
    if uneven:
        what = f"The full text table lacks, or has too many, {counted(uneven, 'row')}."
        mend = "Bring the database back from your last good copy."
        found.append(Finding(CHECK, "error", what, mend))
    return found


async def _wrong_readers(patient: Patient) -> Tally:
    wrong = Tally()
    async for rows in batches(patient, examination.readers, size=BATCH):
        for row in rows:
            if row.readers != recipe_index.readers_of(row):
                wrong.add(row.id)
    return wrong


async def _old_words(patient: Patient) -> Tally:
    """Of all recipes, or of some; those that no search finds are told already."""
    old = Tally()
    if not patient.is_thorough:
        async with patient.reading(long=True) as session:
            chosen = await examination.random_recipe_ids(session, limit=SAMPLE)
        for start in range(0, len(chosen), WORDS_BATCH):
            await _compare_words(patient, chosen[start : start + WORDS_BATCH], old)
        return old
    async for rows in batches(patient, examination.recipes, size=WORDS_BATCH):
        await _compare_words(patient, [row.id for row in rows], old)
    return old


async def _compare_words(patient: Patient, ids: list[Any], old: Tally) -> None:
    async with patient.reading(long=True) as session:
        indexed = await examination.indexed_words(session, ids)
        recipes = await crud.recipe_words.documents(session, list(indexed))
    for recipe in recipes:
        words = recipe_index.words_of(recipe)
        row = indexed[recipe.id]
        if any(getattr(row, name) != getattr(words, name) for name in _COLUMNS):
            old.add(recipe.id)


def _told(broken: Tally, what: str) -> list[Finding]:
    if not broken.count:
        return []
    sentence = f"{counted(broken.count, 'recipe')} {what}: {broken}."
    return [Finding(CHECK, "error", sentence, _REINDEX)]
