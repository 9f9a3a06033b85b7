import json
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from potluck.domain.rational import LIMIT
from potluck.schemas import types
from tests.recipe_bodies import rationals

RATIONAL: TypeAdapter[Fraction] = TypeAdapter(types.Rational)
TITLE: TypeAdapter[str] = TypeAdapter(Annotated[str, types.Text(1, 5)])
SUMMARY: TypeAdapter[str | None] = TypeAdapter(Annotated[str | None, types.OptionalText(5)])
ORIGINAL: TypeAdapter[str] = TypeAdapter(Annotated[str, types.OriginalText(1, 5)])
OPTIONAL_ORIGINAL: TypeAdapter[str | None] = TypeAdapter(
    Annotated[str | None, types.OptionalOriginalText(5)]
)


def code_of(adapter: TypeAdapter[Any], value: Any) -> str:
    """The code under which the adapter refuses the value."""
    with pytest.raises(ValidationError) as refusal:
        adapter.validate_python(value)
    (error,) = refusal.value.errors()
    return error["type"]


class TestRational:
    @pytest.mark.parametrize(
        ("body", "number"),
        [
            ('{"n": 3, "d": 2}', Fraction(3, 2)),
            ('{"d": 4, "n": 6}', Fraction(3, 2)),
            ("3", Fraction(3)),
            ("-0", Fraction(0)),
            ('"1 1/2"', Fraction(3, 2)),
            ('"0,5"', Fraction(1, 2)),
            (str(LIMIT - 1), Fraction(LIMIT - 1)),
        ],
    )
    def test_reads_an_object_an_integer_and_text(self, body: str, number: Fraction) -> None:
        assert RATIONAL.validate_json(body) == number
        assert RATIONAL.validate_python(json.loads(body)) == number

    @pytest.mark.parametrize("body", ["0.5", "2.0", "1e3", "1E0", "NaN", "Infinity", "1e999"])
    def test_i02_a_number_with_fraction_or_exponent_is_not_exact(self, body: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            RATIONAL.validate_json(body)
        (error,) = refusal.value.errors()
        assert (error["type"], error["msg"]) == (
            "not_exact",
            'Send the number as a string, like "0.5".',
        )
        assert code_of(RATIONAL, json.loads(body)) == "not_exact"

    @pytest.mark.parametrize(
        "value",
        [
            True, None, [], ["1"], {}, {"n": 1}, {"d": 1}, {"n": 1, "d": 2, "x": 3},
            {"n": "1", "d": 2}, {"n": 1.0, "d": 2}, {"n": True, "d": 2}, {"n": 1, "d": None},
            "", "-1", "1-2", "1,000.5", "one", b"1",
        ],
    )  # fmt: skip
    def test_anything_else_is_not_a_number(self, value: Any) -> None:
        assert code_of(RATIONAL, value) == "not_a_number"

    @pytest.mark.parametrize(
        "value",
        [
            -1, LIMIT, 10**400, {"n": -1, "d": 1}, {"n": 1, "d": 0}, {"n": 1, "d": -1},
            {"n": LIMIT, "d": 1}, {"n": 1, "d": LIMIT}, str(LIMIT), f"1/{LIMIT}",
        ],
    )  # fmt: skip
    def test_i02_the_bounds_are_those_of_exact_json_integers(self, value: Any) -> None:
        assert code_of(RATIONAL, value) == "number_out_of_bounds"

    @given(rationals())
    def test_what_is_written_is_reduced_and_read_back_to_the_same(self, sent: Any) -> None:
        number = RATIONAL.validate_python(sent)
        written = json.loads(RATIONAL.dump_json(number))
        assert written == {"n": number.numerator, "d": number.denominator}
        assert RATIONAL.validate_python(written) == number
        assert RATIONAL.dump_python(number) == written

    @given(st.floats())
    def test_no_float_is_ever_taken(self, number: float) -> None:
        assert code_of(RATIONAL, number) == "not_exact"

    def test_the_json_schema_says_what_is_read_and_what_is_written(self) -> None:
        part = {"type": "integer", "exclusiveMaximum": LIMIT}
        written = RATIONAL.json_schema(mode="serialization")
        assert written["properties"]["n"] == {**part, "minimum": 0, "title": "N"}
        assert written["properties"]["d"] == {**part, "minimum": 1, "title": "D"}
        assert (written["required"], written["additionalProperties"]) == (["n", "d"], False)
        read = RATIONAL.json_schema()["anyOf"]
        assert [each["type"] for each in read] == ["object", "integer", "string"]


class TestBoundedRationals:
    def test_i11_a_positive_number_is_not_zero(self) -> None:
        positive: TypeAdapter[Fraction] = TypeAdapter(types.PositiveRational)
        assert positive.validate_python("1/3") == Fraction(1, 3)
        assert code_of(positive, 0) == "not_positive"

    @pytest.mark.parametrize("value", ["0", "1 1/2", 2])
    def test_i11_a_share_is_in_zero_to_one(self, value: Any) -> None:
        share: TypeAdapter[Fraction] = TypeAdapter(types.Share)
        assert share.validate_python(1) == 1
        assert code_of(share, value) == "not_a_share"


class TestDecimal:
    DECIMAL: TypeAdapter[Decimal] = TypeAdapter(types.DecimalText)

    @pytest.mark.parametrize("text", ["731", "0.75", "12.50", "0.000001", "999999999.999999"])
    def test_is_text_and_stays_as_precise_as_it_was(self, text: str) -> None:
        number = self.DECIMAL.validate_python(text)
        assert number == Decimal(text)
        assert self.DECIMAL.dump_python(number, mode="json") == text
        assert self.DECIMAL.validate_python(number) == number

    @pytest.mark.parametrize(
        "value", ["", "-1", "+1", ".5", "1.", "1,5", "1e3", "NaN", "1" * 10, "0.1234567", 1, True]
    )
    def test_other_forms_are_refused(self, value: Any) -> None:
        assert code_of(self.DECIMAL, value) == "not_a_decimal"

    def test_i02_a_json_number_with_a_fraction_is_not_exact(self) -> None:
        assert code_of(self.DECIMAL, 0.5) == "not_exact"

    def test_i11_a_share_of_coverage_is_at_most_one(self) -> None:
        share: TypeAdapter[Decimal] = TypeAdapter(types.DecimalShare)
        assert share.validate_python("1.000") == 1
        assert code_of(share, "1.01") == "not_a_fraction_of_one"


class TestText:
    def test_is_trimmed_and_composed_before_it_is_measured(self) -> None:
        assert TITLE.validate_python("  cre\u0300me \n") == "cr\u00e8me"

    def test_i03_length_counts_code_points(self) -> None:
        assert TITLE.validate_python("🍰🍰🍰🍰🍰") == "🍰🍰🍰🍰🍰"
        assert code_of(TITLE, "🍰🍰🍰🍰🍰🍰") == "string_too_long"

    @pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0\u2003"])
    def test_blank_counts_as_empty(self, blank: str) -> None:
        assert code_of(TITLE, blank) == "string_too_short"
        assert code_of(ORIGINAL, blank) == "string_too_short"
        assert SUMMARY.validate_python(blank) is None
        assert OPTIONAL_ORIGINAL.validate_python(blank) is None

    @pytest.mark.parametrize("adapter", [TITLE, SUMMARY, ORIGINAL, OPTIONAL_ORIGINAL])
    @pytest.mark.parametrize(
        "unfit", ["a\0b", "a\rb", "\x1fa", "a\x7f", "a\x85", '"\\ud800"', '"\\udc00\\ud800"']
    )
    def test_i03_unfit_text_is_refused(self, adapter: TypeAdapter[Any], unfit: str) -> None:
        text = json.loads(unfit) if unfit.startswith('"') else unfit
        assert code_of(adapter, text) == "text_not_allowed"

    @pytest.mark.parametrize("adapter", [TITLE, SUMMARY, ORIGINAL, OPTIONAL_ORIGINAL])
    @pytest.mark.parametrize("value", [1, True, ["a"], {"a": 1}, b"a"])
    def test_only_text_is_text(self, adapter: TypeAdapter[Any], value: Any) -> None:
        assert code_of(adapter, value) == "string_type"

    def test_original_text_stays_byte_for_byte(self) -> None:
        assert ORIGINAL.validate_python(" e\u0300\u00a0\n") == " e\u0300\u00a0\n"
        assert OPTIONAL_ORIGINAL.validate_python(" e\u0300 ") == " e\u0300 "
        assert code_of(ORIGINAL, "     x") == "string_too_long"

    def test_the_bounds_are_in_the_json_schema(self) -> None:
        assert TITLE.json_schema() == {"type": "string", "minLength": 1, "maxLength": 5}
        assert SUMMARY.json_schema()["anyOf"][0] == {"type": "string", "maxLength": 5}


class TestNotNull:
    STATUS: TypeAdapter[str | None] = TypeAdapter(Annotated[str | None, types.NotNull()])

    def test_null_is_refused_and_not_in_the_json_schema(self) -> None:
        assert self.STATUS.validate_python("draft") == "draft"
        assert code_of(self.STATUS, None) == "null_not_allowed"
        assert self.STATUS.json_schema() == {"type": "string"}


class TestWebUrl:
    URL: TypeAdapter[str] = TypeAdapter(types.WebUrl)

    @pytest.mark.parametrize(
        "text",
        [
            "https://example.org", "HTTP://Example.ORG:8080/a/../b?q=%20#f", "http://[::1]/x",
            "https://bücher.example/é", "https://example.org/" + "x" * 2028,
        ],
    )  # fmt: skip
    def test_an_address_is_kept_as_sent(self, text: str) -> None:
        assert self.URL.validate_python(text) == text

    def test_the_ends_are_trimmed(self) -> None:
        assert self.URL.validate_python(" https://example.org\n") == "https://example.org"

    @pytest.mark.parametrize(
        "text",
        [
            "javascript:alert(1)", "ftp://example.org", "//example.org", "/cake", "example.org",
            "https:example.org", "https://", "https:///x", "http://a b/", "https://a/b c",
            "http://a:99999/", "https://\\example.org", "data:text/html,x", "https://exa\tmple.org",
            "http://?x", "https://[::1", "view-source:https://example.org", "https://example.org\nx",
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, text: str) -> None:
        assert code_of(self.URL, text) == "not_a_web_url"

    def test_i02_the_length_is_bounded(self) -> None:
        assert code_of(self.URL, "https://example.org/" + "x" * 2029) == "string_too_long"


class TestCodes:
    def test_a_language_is_a_tag_of_bcp_47(self) -> None:
        tag: TypeAdapter[str] = TypeAdapter(types.LanguageTag)
        assert tag.validate_python("pt-BR") == "pt-BR"
        assert code_of(tag, "en_US") == "not_a_language_tag"

    def test_a_time_zone_is_one_of_iana(self) -> None:
        zone: TypeAdapter[str] = TypeAdapter(types.TimeZoneName)
        assert zone.validate_python("Europe/Berlin") == "Europe/Berlin"
        assert code_of(zone, "Mars/Olympus") == "not_a_time_zone"

    def test_a_currency_is_one_of_iso_4217(self) -> None:
        currency: TypeAdapter[str] = TypeAdapter(types.CurrencyCode)
        assert currency.validate_python("EUR") == "EUR"
        assert code_of(currency, "ABC") == "not_a_currency"


class TestSeconds:
    SECONDS: TypeAdapter[int] = TypeAdapter(types.Seconds)

    def test_i02_are_whole_and_at_most_thirty_days(self) -> None:
        assert self.SECONDS.validate_json("0") == 0
        assert self.SECONDS.validate_json("2592000") == 2_592_000
        assert code_of(self.SECONDS, -1) == "greater_than_equal"
        assert code_of(self.SECONDS, 2_592_001) == "less_than_equal"

    @pytest.mark.parametrize("value", [1.0, "60", True, None])
    def test_only_a_json_integer_is_taken(self, value: Any) -> None:
        assert code_of(self.SECONDS, value) == "int_type"


class TestFlag:
    @pytest.mark.parametrize("value", [0, 1, "true", "yes", None])
    def test_only_true_and_false_are_taken(self, value: Any) -> None:
        assert code_of(TypeAdapter(types.Flag), value) == "bool_type"


class TestInstant:
    INSTANT: TypeAdapter[datetime] = TypeAdapter(types.Instant)

    def test_is_held_in_utc_and_written_with_z(self) -> None:
        instant = self.INSTANT.validate_python("2026-07-01T12:00:00+02:00")
        assert instant == datetime(2026, 7, 1, 10, tzinfo=UTC)
        assert instant.tzinfo is UTC
        assert self.INSTANT.dump_json(instant) == b'"2026-07-01T10:00:00Z"'

    def test_without_a_zone_it_is_refused(self) -> None:
        assert code_of(self.INSTANT, "2026-07-01T12:00:00") == "timezone_aware"
