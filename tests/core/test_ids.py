from uuid import UUID

from potluck.core.ids import new_id


class TestNewId:
    def test_is_a_uuid_of_the_standard_library_in_version_7(self) -> None:
        made = new_id()
        assert type(made) is UUID
        assert made.version == 7

    def test_later_ids_sort_after_earlier_ones(self) -> None:
        made = [new_id() for _ in range(1000)]
        assert made == sorted(set(made))
