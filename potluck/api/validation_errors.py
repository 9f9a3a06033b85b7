"""Pydantic's validation errors as the `errors` of a problem: where, which code, which sentence.

Nothing a client sent is repeated. Values never appear; of names, only those of unknown members and
parameters do (a pointer has to name what it points at), and only short printable ones.
"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic_core.core_schema import ErrorType
from starlette.datastructures import FormData

#: More broken members than this in one request help nobody.
MAX_ERRORS = 100
#: The longest member name that a pointer repeats; ours are far below.
MAX_NAME = 64

_PLACES = {"body": "body", "query": "query", "path": "path", "header": "header", "cookie": "header"}
_BUILT_IN = frozenset(get_args(ErrorType))
_UNSAID = "The value is not valid here."

#: What people read. Pydantic's own sentences name our classes and sometimes repeat the input
#: (`uuid_parsing`, `union_tag_invalid`), so only sentences from this table go out for its codes.
_SENTENCES = {
    "missing": "This member is required.",
    "extra_forbidden": "This member is not known or cannot be set.",
    "repeated": "Send this parameter once.",
    "string_type": "Send text.",
    "string_too_short": "Use at least {min_length} characters.",
    "string_too_long": "Use at most {max_length} characters.",
    "string_pattern_mismatch": "The text does not have the form that is asked for.",
    "string_unicode": "The text is not valid Unicode.",
    "int_type": "Send a whole number.",
    "int_parsing": "Send a whole number.",
    "int_from_float": "Send a whole number.",
    "int_parsing_size": "The number is too large.",
    "float_type": "Send a number.",
    "float_parsing": "Send a number.",
    "finite_number": "Send a finite number.",
    "decimal_type": "Send a decimal number as a string.",
    "decimal_parsing": "Send a decimal number as a string.",
    "fraction_type": "Send a fraction.",
    "fraction_parsing": "Send a fraction.",
    "decimal_max_digits": "Use at most {max_digits} digits.",
    "decimal_max_places": "Use at most {decimal_places} decimal places.",
    "bool_type": "Send true or false.",
    "bool_parsing": "Send true or false.",
    "none_required": "Send null.",
    "literal_error": "Send one of {expected}.",
    "enum": "Send one of {expected}.",
    "list_type": "Send a list.",
    "tuple_type": "Send a list.",
    "set_type": "Send a list.",
    "frozen_set_type": "Send a list.",
    "too_short": "Send at least {min_length} items.",
    "too_long": "Send at most {max_length} items.",
    "dict_type": "Send an object.",
    "model_type": "Send an object.",
    "model_attributes_type": "Send an object.",
    "dataclass_type": "Send an object.",
    "greater_than": "Must be greater than {gt}.",
    "greater_than_equal": "Must be at least {ge}.",
    "less_than": "Must be less than {lt}.",
    "less_than_equal": "Must be at most {le}.",
    "multiple_of": "Must be a multiple of {multiple_of}.",
    "uuid_type": "Send an id (a UUID as text).",
    "uuid_parsing": "Send an id (a UUID as text).",
    "uuid_version": "Send an id (a UUID as text).",
    "url_type": "Send an address (URL) as text.",
    "url_parsing": "Send an address (URL) as text.",
    "url_syntax_violation": "Send an address (URL) as text.",
    "url_too_long": "Use at most {max_length} characters.",
    "url_scheme": "The address must start with one of {expected_schemes}.",
    "date_type": "Send a date like 2026-11-30.",
    "date_parsing": "Send a date like 2026-11-30.",
    "date_from_datetime_parsing": "Send a date like 2026-11-30.",
    "datetime_type": "Send an instant like 2026-11-30T18:00:00Z.",
    "datetime_parsing": "Send an instant like 2026-11-30T18:00:00Z.",
    "datetime_from_date_parsing": "Send an instant like 2026-11-30T18:00:00Z.",
    "timezone_aware": "Send an instant with its offset, like 2026-11-30T18:00:00Z.",
}


def pointer(parts: Sequence[str | int]) -> str:
    """A JSON pointer (RFC 6901): `("a/b", 0)` gives `/a~1b/0`, no parts the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def in_words(count: int) -> str:
    """The `detail` of a problem with `count` broken members."""
    return "1 member needs attention." if count == 1 else f"{count} members need attention."


def as_members(errors: Sequence[Mapping[str, Any]], body: object) -> list[dict[str, str]]:
    """At most `MAX_ERRORS` of `{"in", "pointer", "code", "detail"}` in the order they were found.

    `errors` are those of FastAPI's `RequestValidationError`, `body` is what was parsed: it tells
    the real members in a location from the tags that Pydantic puts there for unions and validators.
    """
    members: list[dict[str, str]] = []
    for error in errors:
        member = _member(error, body)
        if member not in members:
            members.append(member)
        if len(members) == MAX_ERRORS:
            break
    return members


def _member(error: Mapping[str, Any], body: object) -> dict[str, str]:
    place, *parts = error["loc"] or ("body",)
    where = _PLACES.get(place, "body")
    if where != "body":
        path = _parameter_path(parts)
    else:
        where = "form" if isinstance(body, FormData) else "body"
        sent = dict(body) if isinstance(body, FormData) else body
        path = _existing_path(tuple(parts), sent, may_end_absent=error["type"] == "missing")
    if path and error["type"] == "extra_forbidden" and not _is_repeatable(path[-1]):
        path = path[:-1]
    return {
        "in": where,
        "pointer": pointer(path),
        "code": error["type"],
        "detail": _sentence(error),
    }


def _parameter_path(parts: Sequence[str | int]) -> tuple[str | int, ...]:
    """The name of a parameter and, when it is a list, the number of the item."""
    return tuple(part for index, part in enumerate(parts) if index == 0 or isinstance(part, int))


def _existing_path(
    parts: tuple[str | int, ...], node: object, *, may_end_absent: bool
) -> tuple[str | int, ...]:
    """`parts` as a path in `node`, leaving out what is only a tag.

    `("tags", 0, "TagById", "id")` on `{"tags": [{"id": 1}]}` gives `("tags", 0, "id")`. With
    `may_end_absent` the last part names a member that the object lacks.
    """
    return tuple(parts[index] for index in _members(parts, 0, node, may_end_absent=may_end_absent))


def _members(
    parts: tuple[str | int, ...], start: int, node: object, *, may_end_absent: bool
) -> tuple[int, ...]:
    """Which of `parts` from `start` on are members: the reading that reaches furthest.

    A tag may be called like a member that is there, too, so both readings are tried.
    """
    if start == len(parts):
        return ()
    head = parts[start]
    if isinstance(head, int):
        if not isinstance(node, list | tuple) or head >= len(node):
            return ()
        child = node[head]
        return (start, *_members(parts, start + 1, child, may_end_absent=may_end_absent))
    taken: tuple[int, ...] = ()
    if isinstance(node, dict) and head in node:
        child = node[head]
        taken = (start, *_members(parts, start + 1, child, may_end_absent=may_end_absent))
        if len(taken) == len(parts) - start:
            return taken
    elif may_end_absent and start == len(parts) - 1 and not isinstance(node, list | tuple):
        return (start,)
    skipped = _members(parts, start + 1, node, may_end_absent=may_end_absent)
    return max(taken, skipped, key=lambda found: (found[-1:], len(found)))


def _is_repeatable(name: str | int) -> bool:
    return isinstance(name, int) or (len(name) <= MAX_NAME and name.isprintable())


def _sentence(error: Mapping[str, Any]) -> str:
    code = error["type"]
    if code not in _BUILT_IN and code not in _SENTENCES:
        return str(error["msg"])
    bounds = error.get("ctx", {})
    if code == "string_too_short" and bounds.get("min_length") == 1:
        return "Must not be empty."
    return _SENTENCES.get(code, _UNSAID).format_map(bounds)
