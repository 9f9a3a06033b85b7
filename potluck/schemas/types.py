"""Types that schemas share. Each carries its check and its JSON Schema in its annotation."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AnyUrl,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from potluck.domain import codes
from potluck.schemas.number_types import (
    DecimalShare,
    DecimalText,
    PositiveRational,
    Rational,
    Share,
)
from potluck.schemas.text_types import OptionalOriginalText, OptionalText, OriginalText, Text

__all__ = [
    "MAX_SECONDS", "CurrencyCode", "DecimalShare", "DecimalText", "Flag", "Instant", "LanguageTag",
    "NotNull", "OptionalOriginalText", "OptionalText", "OriginalText", "PositiveRational",
    "Rational", "Seconds", "SentInstant", "Share", "Text", "TimeZoneName", "WebUrl", "WholeNumber",
    "left_out",
]  # fmt: skip

#: Times are bounded to 30 days.
MAX_SECONDS = 2_592_000

#: JSON `true` or `false`, nothing that merely resembles them.
Flag = Annotated[bool, Field(strict=True)]
#: A JSON integer, no text and no number with a fraction.
WholeNumber = Annotated[int, Field(strict=True)]
#: A duration in whole seconds.
Seconds = Annotated[WholeNumber, Field(ge=0, le=MAX_SECONDS)]


@dataclass(frozen=True)
class NotNull:
    """Marks `X | None = None` whose None means "left out": callers may not send null."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._refuse_null, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        branches = [each for each in described.get("anyOf", []) if each != {"type": "null"}]
        return branches[0] if len(branches) == 1 else described

    @staticmethod
    def _refuse_null(value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("null_not_allowed", "Leave the member out instead of null.")
        return value


def _without_default(schema: JsonDict) -> None:
    schema.pop("default", None)


def left_out() -> Any:
    """A field whose default None means "left out" and stays out of the JSON Schema."""
    return Field(default=None, json_schema_extra=_without_default)


def _language_tag(value: str) -> str:
    if not codes.is_language_tag(value):
        raise PydanticCustomError("not_a_language_tag", 'Send a BCP 47 tag, like "en" or "pt-BR".')
    return value


def _time_zone(value: str) -> str:
    if not codes.is_time_zone(value):
        raise PydanticCustomError("not_a_time_zone", 'Send an IANA zone, like "Europe/Berlin".')
    return value


def _currency(value: str) -> str:
    if not codes.is_currency(value):
        raise PydanticCustomError("not_a_currency", 'Send an ISO 4217 code, like "EUR".')
    return value


_URL = TypeAdapter(AnyUrl)
_WEB_URL = re.compile(r"https?://[^\s/?#\\][^\s]*", re.IGNORECASE)


def _web_url(value: str) -> str:
    if not _is_web_url(value):
        raise PydanticCustomError("not_a_web_url", "Send an http or https address.")
    return value


def _is_web_url(text: str) -> bool:
    if _WEB_URL.fullmatch(text) is None:
        return False
    try:
        return bool(_URL.validate_python(text).host)
    except ValidationError:
        return False


#: A language tag of BCP 47 (RFC 5646), well-formed, kept as sent.
LanguageTag = Annotated[str, Text(1, codes.LANGUAGE_TAG_MAX), AfterValidator(_language_tag)]
#: A zone of the IANA time zone database.
TimeZoneName = Annotated[str, Text(1, 64), AfterValidator(_time_zone)]
#: A currency of ISO 4217.
CurrencyCode = Annotated[str, Text(3, 3), AfterValidator(_currency)]
#: An http or https address, kept as the text that was sent.
WebUrl = Annotated[
    str,
    Text(1, 2048),
    AfterValidator(_web_url),
    Field(json_schema_extra={"format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
]


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


#: A moment with a zone, held in UTC and written by RFC 3339 with "Z".
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]

#: RFC 3339, 5.6; Python's own reader takes more (a date alone, no offset, weeks).
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def _sent_instant(sent: Any) -> datetime:
    """Digits after the sixth of a second are cut off."""
    refusal = PydanticKnownError("datetime_parsing", {"error": "not RFC 3339"})
    if not isinstance(sent, str) or _DATE_TIME.fullmatch(sent) is None:
        raise refusal
    try:
        return datetime.fromisoformat(sent.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refusal from None


#: A moment as callers write it; numbers are no instants.
SentInstant = Annotated[datetime, BeforeValidator(_sent_instant)]
