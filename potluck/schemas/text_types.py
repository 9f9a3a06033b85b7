"""Markers that make `str` fit for storage, with its bounds.

Text is trimmed, in Unicode normal form C, and free of NUL, lone surrogates and control characters
other than line feed and tab. Lengths count code points; blank text counts as empty. Original text
is neither trimmed nor normalised: it stays byte for byte what was sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from potluck.domain.text import clean, is_blank, is_fit

_UNFIT_TEXT = PydanticCustomError(
    "text_not_allowed",
    "Text may not hold control characters other than line feed and tab, nor broken Unicode.",
)


def _cleaned(value: Any) -> Any:
    """The cleaned text; what is no text is left for the inner check to refuse."""
    if not isinstance(value, str):
        return value
    try:
        return clean(value)
    except ValueError:
        raise _UNFIT_TEXT from None


def _verbatim(value: Any) -> Any:
    """The text as it is, or empty when it is blank."""
    if not isinstance(value, str):
        return value
    if not is_fit(value):
        raise _UNFIT_TEXT
    return "" if is_blank(value) else value


def _text_schema(read: Callable[[Any], Any], least: int, most: int) -> CoreSchema:
    inner = core_schema.str_schema(min_length=least or None, max_length=most, strict=True)
    return core_schema.no_info_before_validator_function(read, inner)


def _optional_text_schema(read: Callable[[Any], Any], most: int) -> CoreSchema:
    inner = core_schema.str_schema(max_length=most, strict=True)
    return core_schema.no_info_before_validator_function(
        lambda value: read(value) or None if isinstance(value, str) else value,
        core_schema.nullable_schema(inner),
    )


@dataclass(frozen=True)
class Text:
    """Marks `str`: cleaned text of `least` to `most` code points."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return _text_schema(_cleaned, self.least, self.most)


@dataclass(frozen=True)
class OptionalText:
    """Marks `str | None`: cleaned text of at most `most` code points; empty text becomes null."""

    most: int

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return _optional_text_schema(_cleaned, self.most)


@dataclass(frozen=True)
class OptionalOriginalText:
    """Marks `str | None`: fit text kept byte for byte; blank text becomes null."""

    most: int

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return _optional_text_schema(_verbatim, self.most)


@dataclass(frozen=True)
class OriginalText:
    """Marks `str`: fit text kept byte for byte, of `least` to `most` code points."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return _text_schema(_verbatim, self.least, self.most)
