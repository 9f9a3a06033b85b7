"""What browsers send in forms, and what to say beside a field that does not fit."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar, get_args

from fastapi import Depends
from pydantic import BaseModel, ValidationError
from pydantic_core.core_schema import ErrorType
from starlette.requests import Request

from potluck.core.errors import Invalid
from potluck.schemas.page_import import HTML_MAX

M = TypeVar("M", bound=BaseModel)

#: Where a value stands in what was sent: `("sections", 0, "steps", 2, "text")`.
Path = tuple[str | int, ...]
#: Gives the name of the field that a place belongs to, and words that say where in it.
Locate = Callable[[Path], tuple[str, str]]
Errors = dict[str, str]

#: The most bytes of one field where a pasted page or a whole recipe may come as one; a character
#: takes up to four.
LONGEST_FIELD = 4 * HTML_MAX

#: Passwords are compared as they are; a pasted page is for the page reader to judge.
_VERBATIM = {"password", "current_password", "new_password", "html"}
_LINE_END = re.compile(r"\r\n?")
#: What nobody types and no field shows, but pasting from other programs brings along.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_BUILT_IN = frozenset(get_args(ErrorType))
_UNSAID = "This cannot be used here."
_SENTENCES = {
    "missing": "This is needed.",
    "string_too_long": "Use at most {max_length} characters.",
    "too_long": "Use at most {max_length}.",
    "literal_error": "Choose one of the list.",
    "uuid_parsing": "Choose one of the list.",
}


async def read_form(request: Request) -> dict[str, str]:
    """The text fields of the form that was posted; the last one counts when a name is repeated.

    Browsers end lines with CR LF, we keep LF alone.
    """
    form = await request.form()
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return {
        name: value if name in _VERBATIM else _INVISIBLE.sub("", _LINE_END.sub("\n", value))
        for name, value in texts.items()
    }


FormOf = Annotated[dict[str, str], Depends(read_form)]


def validated(schema: type[M], members: Mapping[str, Any], errors: Errors) -> M | None:
    """`members` as the schema, or None with a sentence for each member put into `errors`."""
    try:
        return schema.model_validate(members)
    except ValidationError as error:
        errors |= sentences(error)
        return None


def by_first_part(path: Path) -> tuple[str, str]:
    """The field is called like the member."""
    return (str(path[0]) if path else ""), ""


def sentences(error: ValidationError | Invalid, locate: Locate = by_first_part) -> Errors:
    """For each field the first thing that is wrong with it, in words."""
    found: Errors = {}
    for path, sentence in _broken(error):
        field, where = locate(path)
        found.setdefault(field, where + sentence)
    return found


def _broken(error: ValidationError | Invalid) -> list[tuple[Path, str]]:
    if isinstance(error, ValidationError):
        return [(each["loc"], _sentence(each)) for each in error.errors(include_url=False)]
    return [(_path(each["pointer"]), each["detail"]) for each in error.extra["errors"]]


def _path(pointer: str) -> Path:
    parts = pointer.split("/")[1:]
    return tuple(int(part) if part.isdecimal() else part for part in parts)


def _sentence(error: Mapping[str, Any]) -> str:
    code = error["type"]
    if code not in _BUILT_IN:
        return str(error["msg"])
    bounds = error.get("ctx", {})
    if code == "string_too_short":
        least = bounds["min_length"]
        return "This is needed." if least == 1 else f"Use at least {least} characters."
    return _SENTENCES.get(code, _UNSAID).format_map(bounds)
