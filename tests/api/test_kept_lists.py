"""Lists of recipes: asked for by statements that are kept, and found by an index."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import event

from potluck.crud.recipe_filters import OF_ONE_VALUE
from potluck.models import User
from potluck.resources import Resources
from potluck.schemas.recipe.query import RecipeFilter
from tests.api.recipe_calls import URL, create, titles

QUICK, SLOW = {"total": {"min_s": 60}}, {"total": {"min_s": 7200}}


class TestKeptStatement:
    def test_knows_every_filter(self) -> None:
        others = {"tag", "q", "sort"}  # asked for by a statement of their own; the order
        assert set(RecipeFilter.model_fields) == set(OF_ONE_VALUE) | others

    @pytest.mark.parametrize(
        ("name", "first", "second"),
        [
            ("status", "draft", "archived"),
            ("visibility", "private", "public"),
            ("max_total_time", "60", "7200"),
            ("limit", "1", "3"),
        ],
    )
    async def test_asks_for_what_is_wanted_now(
        self, as_ada: httpx2.AsyncClient, name: str, first: str, second: str
    ) -> None:
        await create(as_ada, title="Tea", status="draft", times=QUICK)
        await create(as_ada, title="Rye", status="archived", times=SLOW)
        await create(as_ada, title="Pie", visibility="private", times=SLOW)
        await create(as_ada, title="Jam", visibility="public")
        expected = {
            "draft": ["Tea"], "archived": ["Rye"],
            "private": ["Pie"], "public": ["Jam"],
            "60": ["Tea"], "7200": ["Pie", "Tea"],
            "1": ["Jam"], "3": ["Jam", "Pie", "Tea"],
        }  # fmt: skip
        for value in (first, second, first):
            assert await titles(as_ada, **{name: value}) == expected[value]


class TestIndex:
    """Without one every recipe of the instance would be read and sorted for each page.

    SQLite goes by what it was told when the service started (`potluck.db.statistics`).
    """

    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    @pytest.mark.parametrize(
        ("parameters", "index"),
        [
            ({}, "ix_recipe_created_at_id"),
            ({"sort": "-updated_at"}, "ix_recipe_updated_at_id"),
            ({"household_id": ""}, "ix_recipe_household_id_created_at_id"),
        ],
    )
    async def test_leads_through_the_list(
        self,
        as_ada: httpx2.AsyncClient,
        ada: User,
        resources: Resources,
        parameters: dict[str, str],
        index: str,
    ) -> None:
        if "household_id" in parameters:
            parameters = {"household_id": str(ada.default_household_id)}
        engine = resources.database.engines.long_read
        asked: list[Any] = []

        def note(*arguments: Any) -> None:
            asked.append(arguments[2:4])

        event.listen(engine.sync_engine, "before_cursor_execute", note)
        assert (await as_ada.get(URL, params=parameters)).status_code == 200
        statement, values = next(each for each in asked if "recipe_tag" in each[0])
        async with engine.connect() as connection:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            assert f"USING INDEX {index}" in " ".join(row.detail for row in plan)
