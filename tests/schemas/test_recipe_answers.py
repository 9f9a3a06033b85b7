import json
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from potluck.schemas import recipe as schema
from tests.recipe_bodies import some_ids


class TestAnswers:
    @pytest.mark.parametrize(
        "model",
        [
            schema.Recipe,
            schema.RecipeSummary,
            schema.TrashedRecipe,
            schema.Revision,
            schema.RecipeDocument,
        ],
    )
    def test_every_member_is_required_at_every_depth(self, model: type[BaseModel]) -> None:
        described = model.model_json_schema(mode="serialization")
        for each in [described, *described.get("$defs", {}).values()]:
            assert set(each.get("required", [])) == set(each.get("properties", {}))

    def test_a_recipe_answers_what_can_be_written_and_what_the_server_knows(self) -> None:
        known = {
            "id", "household_id", "author_id", "slug", "version", "revision", "imported_via",
            "created_at", "updated_at",
        }  # fmt: skip
        writable = set(schema.RecipeWrite.model_fields)
        assert set(schema.Recipe.model_fields) == writable | known
        assert set(schema.RecipeState.model_fields) == writable

    def test_a_summary_has_these_members(self) -> None:
        members = {
            "id", "household_id", "author_id", "title", "slug", "summary", "language", "status",
            "visibility", "tags", "image_url", "total_time_s", "servings", "version", "created_at",
            "updated_at",
        }  # fmt: skip
        assert set(schema.RecipeSummary.model_fields) == members
        assert set(schema.TrashedRecipe.model_fields) == members | {"deleted_at", "purge_at"}

    def test_a_saved_state_has_these_members(self) -> None:
        members = {"number", "reason", "author_id", "created_at", "sha256"}
        assert set(schema.RevisionSummary.model_fields) == members
        assert set(schema.Revision.model_fields) == members | {"recipe"}

    def test_a_summary_writes_its_numbers_exactly(self) -> None:
        first, second = some_ids(2)
        now = datetime(2026, 1, 2, tzinfo=UTC)
        summary = schema.RecipeSummary.model_validate(
            {
                "id": first, "household_id": second, "author_id": None, "title": "Cake",
                "slug": "cake", "summary": None, "language": "en", "status": "published",
                "visibility": "public", "tags": [], "image_url": None, "total_time_s": 60,
                "servings": {"n": 3, "d": 2}, "version": 1, "created_at": now, "updated_at": now,
            }
        )  # fmt: skip
        written = json.loads(summary.model_dump_json())
        assert written["servings"] == {"n": 3, "d": 2}
        assert written["created_at"] == "2026-01-02T00:00:00Z"
