"""Recipes: each is the state that was saved last, can be read, and is listed as what it is."""

import httpx2
import pytest

from potluck.services.doctor import recipes
from potluck.services.doctor.finding import Patient
from tests.api.recipe_calls import create, delete, patch
from tests.services.doctor.conftest import found, slip

FINE = [("ok", "1 recipe as they were saved last.")]


class TestHealthy:
    async def test_however_often_it_was_saved(
        self, patient: Patient, as_ada: httpx2.AsyncClient, recipe_id: str
    ) -> None:
        await patch(as_ada, recipe_id, title="Leek soup, again")
        await patch(as_ada, recipe_id, tags=[{"name": "Soup"}], summary=None)
        assert await found(recipes.look, patient) == FINE

    async def test_in_the_trash_as_well(
        self, patient: Patient, as_ada: httpx2.AsyncClient, recipe_id: str
    ) -> None:
        await delete(as_ada, recipe_id)
        assert await found(recipes.look, patient) == FINE


class TestBroken:
    @pytest.mark.parametrize(
        ("statement", "faults"),
        [
            (
                "UPDATE recipe SET document = replace(document, 'leeks', 'Leeks')",
                ["are not what was saved last"],
            ),
            (
                "UPDATE recipe SET document = replace(document, 'Leek soup', 'Lock soup')",
                ["are not what was saved last", "are listed as something else than they are"],
            ),
            (
                "UPDATE recipe SET document = '{}'",
                ["are not what was saved last", "hold no document of this program"],
            ),
            (
                "UPDATE recipe SET document = substr(document, 1, 100)",
                ["are not what was saved last", "hold no document of this program"],
            ),
            (
                "UPDATE recipe_revision SET document = replace(document, 'leeks', 'Leeks')",
                ["have a newest saved state that is not what it was"],
            ),
            (
                "UPDATE recipe_revision SET sha256 = replace(sha256, substr(sha256, 1, 4), 'beef')",
                ["are not what was saved last"],
            ),
            ("DELETE FROM recipe_revision", ["have lost their newest saved state"]),
            ("UPDATE recipe SET revision = 7", ["have lost their newest saved state"]),
            (
                "UPDATE recipe SET title = 'Lock soup'",
                ["are listed as something else than they are"],
            ),
            (
                "UPDATE recipe SET visibility = 'public'",
                ["are listed as something else than they are"],
            ),
            ("UPDATE recipe SET total_time_s = 5", ["are listed as something else than they are"]),
        ],
    )
    async def test_r29_what_was_changed_past_the_program_is_named(
        self,
        patient: Patient,
        recipe_id: str,
        statement: str,
        faults: list[str],
    ) -> None:
        slip(patient, statement)
        assert await found(recipes.look, patient) == [
            ("error", f"1 recipe {fault}: {recipe_id}.") for fault in faults
        ]

    async def test_of_many_the_first_few_are_named(
        self, patient: Patient, as_ada: httpx2.AsyncClient
    ) -> None:
        ids = [(await create(as_ada, title=f"Soup {number}"))["id"] for number in range(7)]
        slip(patient, "UPDATE recipe SET slug = 'x'")
        named = ", ".join(ids[:5])
        assert await found(recipes.look, patient) == [
            (
                "error",
                f"7 recipes are listed as something else than they are: {named} and 2 more.",
            )
        ]


class TestCost:
    async def test_two_statements_for_fifty_recipes(
        self, patient: Patient, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        for number in range(51):
            await create(as_ada, title=f"Soup {number}")
        statements.clear()
        assert await found(recipes.look, patient) == [("ok", "51 recipes as they were saved last.")]
        assert len(statements) == 2 + 2 + 1
        assert all(each.lstrip().startswith("SELECT") for each in statements)
