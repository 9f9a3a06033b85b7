"""The search index: every recipe is in it, with its own words, for those who may read it."""

from dataclasses import replace

import httpx2
import pytest

from potluck.resources import Resources
from potluck.services import recipe_index
from potluck.services.doctor import search_index
from potluck.services.doctor.finding import Patient
from potluck.worker import search_index as worker
from tests.api.recipe_calls import create, delete, patch
from tests.services.doctor.conftest import found, slip

FINE = ("ok", "All recipes are indexed; the words of at most 200 of them were compared.")


class TestHealthy:
    async def test_whatever_was_done_to_recipes(
        self, patient: Patient, as_ada: httpx2.AsyncClient, recipe_id: str
    ) -> None:
        await create(as_ada, title="Crème brûlée", visibility="public", status="draft")
        await patch(as_ada, recipe_id, visibility="private", tags=[{"name": "Hot"}])
        await delete(as_ada, (await create(as_ada))["id"])
        assert await found(search_index.look, patient) == [FINE]

    @pytest.mark.usefixtures("recipe_id")
    async def test_every_recipe_is_compared_on_request(self, patient: Patient) -> None:
        assert await found(search_index.look, replace(patient, is_thorough=True)) == [
            ("ok", "All recipes are indexed; the words of every recipe were compared.")
        ]


class TestBroken:
    @pytest.mark.parametrize("is_thorough", [False, True])
    @pytest.mark.parametrize(
        ("statement", "fault"),
        [
            ("DELETE FROM recipe_words", "can be found by no search"),
            (
                "UPDATE recipe_words SET readers = ''",
                "can be found by other people than may read them",
            ),
            (
                "UPDATE recipe SET visibility = 'public'",
                "can be found by other people than may read them",
            ),
            ("UPDATE recipe_words SET title = 'x'", "are found by other words than they hold"),
            ("UPDATE tag SET name = 'Summer'", "are found by other words than they hold"),
        ],
    )
    async def test_a_recipe_that_is_found_wrongly_is_named(
        self,
        patient: Patient,
        recipe_id: str,
        statement: str,
        fault: str,
        is_thorough: bool,
    ) -> None:
        slip(patient, statement)
        told = await found(search_index.look, replace(patient, is_thorough=is_thorough))
        assert told == [("error", f"1 recipe {fault}: {recipe_id}.")]

    @pytest.mark.usefixtures("recipe_id")
    async def test_reindexing_mends_it(self, patient: Patient, resources: Resources) -> None:
        slip(patient, "DELETE FROM recipe_words")
        async with resources.database.transaction() as session:
            await recipe_index.request_all(session)
        assert await found(search_index.look, patient) == [
            ("warning", "1 recipe wait to be indexed.")
        ]
        await worker.once(resources.database)
        assert await found(search_index.look, patient) == [FINE]

    @pytest.mark.usefixtures("recipe_id")
    async def test_an_index_of_another_version_is_told(self, patient: Patient) -> None:
        slip(patient, "UPDATE instance SET search_version = 0")
        try:
            told = await found(search_index.look, patient)
        finally:
            slip(
                patient,
                "UPDATE instance SET search_version = :now",
                now=recipe_index.SEARCH_VERSION,
            )
        assert told == [("error", "Another version of Potluck wrote the index.")]

    @pytest.mark.usefixtures("recipe_id")
    async def test_a_full_text_table_with_other_rows_is_told(
        self, engine: str, patient: Patient
    ) -> None:
        if engine != "sqlite":
            pytest.skip("PostgreSQL makes its full text column itself")
        slip(patient, "INSERT INTO recipe_fts(rowid, title) VALUES (4711, 'left over')")
        told = await found(search_index.look, patient)
        slip(
            patient,
            "INSERT INTO recipe_fts(recipe_fts, rowid, title) VALUES ('delete', 4711, 'left over')",
        )
        assert told == [("error", "The full text table lacks, or has too many, 1 row.")]
