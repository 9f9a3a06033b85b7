from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from pydantic import MISSING, ValidationError

from potluck.schemas.base import EntityOut, In, Page, Patch


class Knife(In):
    length: float = 1.0


class KnifeUpdate(Patch):
    name: str | MISSING = MISSING
    maker: str | MISSING | None = MISSING


class KnifeOut(EntityOut):
    name: str


class TestIn:
    def test_unknown_members_are_refused(self) -> None:
        with pytest.raises(ValidationError, match="extra_forbidden"):
            Knife.model_validate({"blade": 1})

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
    def test_i02_nan_and_the_infinities_are_refused(self, number: str) -> None:
        with pytest.raises(ValidationError, match="finite_number"):
            Knife.model_validate_json(f'{{"length": {number}}}')

    def test_i02_a_flood_of_unknown_members_is_one_error(self) -> None:
        with pytest.raises(ValidationError) as refusal:
            Knife.model_validate({f"blade{number}": 1 for number in range(90_000)})
        (error,) = refusal.value.errors()
        assert (error["loc"], error["type"]) == ((), "too_many_members")


class TestPatch:
    def test_changes_are_the_members_that_were_sent(self) -> None:
        assert KnifeUpdate.model_validate({"name": "paring"}).changes() == {"name": "paring"}

    def test_null_is_a_change_where_null_is_allowed(self) -> None:
        assert KnifeUpdate.model_validate({"maker": None}).changes() == {"maker": None}

    def test_null_is_refused_elsewhere(self) -> None:
        with pytest.raises(ValidationError, match="string_type"):
            KnifeUpdate.model_validate({"name": None})

    def test_nothing_to_change_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="Send at least one member"):
            KnifeUpdate.model_validate({})


class TestOut:
    ROW = SimpleNamespace(
        id=UUID(int=1),
        name="paring",
        version=2,
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        updated_at=datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=UTC),
    )

    def test_is_read_from_attributes_and_writes_instants_with_z(self) -> None:
        assert KnifeOut.model_validate(self.ROW).model_dump(mode="json") == {
            "id": "00000000-0000-0000-0000-000000000001",
            "name": "paring",
            "version": 2,
            "created_at": "2026-01-02T03:04:05Z",
            "updated_at": "2026-01-02T03:04:05.000600Z",
        }

    def test_a_page_needs_its_cursor_stated(self) -> None:
        with pytest.raises(ValidationError, match="next_cursor"):
            Page[KnifeOut].model_validate({"items": []})
        page = Page[KnifeOut](items=[KnifeOut.model_validate(self.ROW)], next_cursor=None)
        assert page.items[0].name == "paring"
