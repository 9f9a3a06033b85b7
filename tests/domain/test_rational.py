from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain import rational

PARTS = st.integers(0, rational.LIMIT - 1)


class TestParse:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("3", Fraction(3)),
            ("0", Fraction(0)),
            ("1/2", Fraction(1, 2)),
            ("2/4", Fraction(1, 2)),
            ("1 1/2", Fraction(3, 2)),
            ("1\u20442", Fraction(1, 2)),
            ("1 1\u20442", Fraction(3, 2)),
            ("½", Fraction(1, 2)),
            ("⅔", Fraction(2, 3)),
            ("↉", Fraction(0)),
            ("1½", Fraction(3, 2)),
            ("1 ½", Fraction(3, 2)),
            ("0.5", Fraction(1, 2)),
            ("0,5", Fraction(1, 2)),
            ("1,000", Fraction(1)),
            ("0.1", Fraction(1, 10)),
            ("  3  ", Fraction(3)),
            ("9007199254740991", Fraction(2**53 - 1)),
            ("9007199254740992/2", Fraction(2**52)),
        ],
    )
    def test_reads(self, text: str, number: Fraction) -> None:
        assert rational.parse(text) == number

    @pytest.mark.parametrize(
        "text",
        [
            "", " ", "-1", "+1", "1-2", "1\u20132", "1/0", "1/2/3", "1,000.5", "1.000,5", "1'000",
            "1 000", ".5", "5.", "1e3", "1.5/2", "½½", "½ 1", "1 / 2", "1  1/2", "1_000", "0x10",
            "NaN", "Infinity", "one", "\u0661", "\uff13", "²", "1\n1/2", "0." + "0" * 100 + "1",
        ],
    )  # fmt: skip
    def test_refuses(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"number|denominator"):
            rational.parse(text)

    @pytest.mark.parametrize(
        "text", ["9007199254740992", "1/9007199254740992", "0.00000000000000000001"]
    )
    def test_i02_refuses_what_json_readers_cannot_keep(self, text: str) -> None:
        with pytest.raises(OverflowError):
            rational.parse(text)

    def test_a_hundred_thousand_digits_are_refused_unread(self) -> None:
        with pytest.raises(ValueError, match="too long"):
            rational.parse("9" * 100_000)


class TestText:
    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (Fraction(0), "0"),
            (Fraction(3), "3"),
            (Fraction(1, 2), "1/2"),
            (Fraction(3, 2), "1 1/2"),
            (Fraction(1, 3), "1/3"),
            (Fraction(1, 5), "0.2"),
            (Fraction(27, 10), "2.7"),
            (Fraction(1, 1000), "0.001"),
            (Fraction(1, 7), "1/7"),
            (Fraction(1, 100_000), "1/100000"),
        ],
    )
    def test_writes_as_a_cook_does(self, number: Fraction, text: str) -> None:
        assert rational.text(number) == text

    @given(PARTS, PARTS.filter(bool))
    def test_parse_reads_it_back_to_the_same_number(self, n: int, d: int) -> None:
        number = Fraction(n, d)
        assert rational.parse(rational.text(number)) == number

    @given(st.decimals(0, 10**6, places=6))
    def test_decimals_are_read_exactly(self, decimal: object) -> None:
        assert rational.parse(str(decimal)) == Fraction(str(decimal))
