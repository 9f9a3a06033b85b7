"""The rule of sizes, without a picture."""

import pytest

from potluck.services.pictures.sizes import fitting, sizes


class TestSizes:
    @pytest.mark.parametrize(
        ("size", "expected"),
        [
            ((4000, 3000), [(480, 360), (800, 600), (1200, 900)]),
            ((1200, 900), [(480, 360), (800, 600), (1200, 900)]),
            ((800, 800), [(480, 480), (800, 800)]),
            ((801, 801), [(480, 480), (800, 800), (801, 801)]),
            ((300, 200), [(300, 200)]),
            ((1000, 2000), [(480, 960), (800, 1600), (1000, 2000)]),
            ((1000, 4000), [(240, 960), (400, 1600), (600, 2400)]),
            ((12_000, 2), [(480, 1), (800, 1), (1200, 1)]),
            ((1, 12_000), [(1, 2400)]),
        ],
    )
    def test_a_size_for_each_width_that_is_not_larger_than_the_picture(
        self, size: tuple[int, int], expected: list[tuple[int, int]]
    ) -> None:
        assert sizes(*size) == expected

    def test_before_a_quarter_turn_width_and_height_are_exchanged(self) -> None:
        assert fitting(3000, 4000, is_on_its_side=True) == (900, 1200)
        assert fitting(4000, 1000, is_on_its_side=True) == (2400, 600)
