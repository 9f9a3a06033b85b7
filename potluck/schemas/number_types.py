"""Exact numbers in JSON: rationals as objects of two integers, decimals as text; never a float."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from potluck.domain import rational

_NOT_EXACT = PydanticCustomError("not_exact", 'Send the number as a string, like "0.5".')

_PART = core_schema.int_schema(ge=0, lt=rational.LIMIT)
_OBJECT = core_schema.typed_dict_schema(
    {
        "n": core_schema.typed_dict_field(_PART, required=True),
        "d": core_schema.typed_dict_field(
            core_schema.int_schema(ge=1, lt=rational.LIMIT), required=True
        ),
    },
    extra_behavior="forbid",
)
_ACCEPTED = core_schema.union_schema(
    [_OBJECT, _PART, core_schema.str_schema(min_length=1, max_length=64)]
)


def _not_a_number() -> NoReturn:
    raise PydanticCustomError(
        "not_a_number", 'Send a number like 3, "1/2", "1 1/2", "½", "0.5" or an object of n and d.'
    )


def _out_of_bounds() -> NoReturn:
    raise PydanticCustomError(
        "number_out_of_bounds",
        "The number must not be negative, and its reduced parts must be below 2^53.",
    )


def _from_object(value: dict[Any, Any]) -> Fraction:
    if value.keys() != {"n", "d"}:
        _not_a_number()
    n, d = value["n"], value["d"]
    if type(n) is not int or type(d) is not int:
        _not_a_number()
    if not (0 <= n < rational.LIMIT and 1 <= d < rational.LIMIT):
        _out_of_bounds()
    return Fraction(n, d)


def _from_text(value: str) -> Fraction:
    try:
        return rational.parse(value)
    except OverflowError:
        _out_of_bounds()
    except ValueError:
        _not_a_number()


def _read_rational(value: Any) -> Fraction:
    if isinstance(value, dict):
        return _from_object(value)
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, float):
        raise _NOT_EXACT
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        _not_a_number()
    exact = Fraction(value)
    if not rational.is_within_limit(exact):
        _out_of_bounds()
    return exact


def _write_rational(value: Fraction) -> dict[str, int]:
    return {"n": value.numerator, "d": value.denominator}


class _RationalSchema:
    @staticmethod
    def __get_pydantic_core_schema__(_: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _read_rational,
            json_schema_input_schema=_ACCEPTED,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _write_rational, return_schema=_OBJECT
            ),
        )


def _positive(value: Fraction) -> Fraction:
    if value == 0:
        raise PydanticCustomError("not_positive", "The number must be greater than 0.")
    return value


def _share(value: Fraction) -> Fraction:
    if not 0 < value <= 1:
        raise PydanticCustomError("not_a_share", "A share is greater than 0 and at most 1.")
    return value


#: An exact number of at least 0. Read from `{"n", "d"}`, an integer or a text; written as the
#: object, reduced.
Rational = Annotated[Fraction, _RationalSchema]
PositiveRational = Annotated[Rational, AfterValidator(_positive)]
#: A part of a whole, in (0, 1].
Share = Annotated[Rational, AfterValidator(_share)]


_DECIMAL_TEXT = core_schema.str_schema(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$", strict=True)
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


def _read_decimal(value: Any) -> Decimal:
    if isinstance(value, float):
        raise _NOT_EXACT
    text = format(value, "f") if isinstance(value, Decimal) else value
    if not isinstance(text, str) or _DECIMAL.fullmatch(text) is None:
        raise PydanticCustomError("not_a_decimal", 'Send a decimal as a string, like "12.5".')
    return Decimal(text)


def _write_decimal(value: Decimal) -> str:
    return format(value, "f")


def _fraction_of_one(value: Decimal) -> Decimal:
    if value > 1:
        raise PydanticCustomError("not_a_fraction_of_one", "The number must be at most 1.")
    return value


class _DecimalSchema:
    @staticmethod
    def __get_pydantic_core_schema__(_: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _read_decimal,
            json_schema_input_schema=_DECIMAL_TEXT,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _write_decimal, return_schema=_DECIMAL_TEXT
            ),
        )


#: A decimal of at least 0 with up to 9 digits before the point and 6 after it, as text in JSON.
DecimalText = Annotated[Decimal, _DecimalSchema]
#: The same, at most 1.
DecimalShare = Annotated[DecimalText, AfterValidator(_fraction_of_one)]
