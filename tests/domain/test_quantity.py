from fractions import Fraction

import pytest

from potluck.domain.quantity import Quantity, QuantityKind, resolve

ONE, TWO = Fraction(1), Fraction(2)


class TestInference:
    @pytest.mark.parametrize(
        ("low", "high", "expected"),
        [
            (None, None, Quantity("none", None, None)),
            (ONE, None, Quantity("exact", ONE, ONE)),
            (ONE, ONE, Quantity("exact", ONE, ONE)),
            (ONE, TWO, Quantity("range", ONE, TWO)),
            (None, TWO, Quantity("up_to", None, TWO)),
        ],
    )
    def test_the_kind_follows_from_the_ends(
        self, low: Fraction | None, high: Fraction | None, expected: Quantity
    ) -> None:
        assert resolve(None, low, high) == expected

    def test_min_above_max_is_refused(self) -> None:
        with pytest.raises(ValueError, match="below its max"):
            resolve(None, TWO, ONE)


class TestGivenKind:
    @pytest.mark.parametrize(
        ("kind", "low", "high", "expected_max"),
        [
            ("none", None, None, None),
            ("to_taste", None, None, None),
            ("exact", ONE, ONE, ONE),
            ("exact", ONE, None, ONE),
            ("about", TWO, None, TWO),
            ("range", ONE, TWO, TWO),
            ("up_to", None, TWO, TWO),
            ("at_least", ONE, None, None),
        ],
    )
    def test_is_kept_when_the_ends_fit(
        self,
        kind: QuantityKind,
        low: Fraction | None,
        high: Fraction | None,
        expected_max: Fraction | None,
    ) -> None:
        assert resolve(kind, low, high) == Quantity(kind, low, expected_max)

    @pytest.mark.parametrize(
        ("kind", "low", "high"),
        [
            ("none", ONE, None),
            ("to_taste", None, ONE),
            ("exact", None, None),
            ("exact", None, ONE),
            ("exact", ONE, TWO),
            ("about", ONE, TWO),
            ("range", ONE, None),
            ("range", None, TWO),
            ("range", ONE, ONE),
            ("range", TWO, ONE),
            ("up_to", ONE, TWO),
            ("up_to", None, None),
            ("at_least", ONE, TWO),
            ("at_least", None, None),
        ],
    )
    def test_is_refused_when_the_ends_do_not_fit(
        self, kind: QuantityKind, low: Fraction | None, high: Fraction | None
    ) -> None:
        with pytest.raises(ValueError, match="min"):
            resolve(kind, low, high)
