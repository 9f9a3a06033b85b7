"""Reading a JSON body strictly: what two parsers could read in two ways is refused.

RFC 8259 leaves to the parser what to do with duplicate names and other encodings than UTF-8, and
Python's takes `NaN` besides. We refuse them all, as does RFC 7493 (I-JSON).
"""

import json
from typing import Any, NoReturn

#: Nesting we accept; a recipe has 6 levels.
MAX_DEPTH = 64


def parse(body: bytes) -> Any:
    """The value in `body`; ValueError with a sentence that repeats nothing of it.

    Refused: other encodings than UTF-8 and a byte order mark, syntax errors, `NaN` and `Infinity`,
    a name twice in one object, numbers of thousands of digits, more than `MAX_DEPTH` levels.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise ValueError("The body is not valid UTF-8.") from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except _Ambiguous as refused:
        raise ValueError(str(refused)) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"The body is not valid JSON: see {place}.") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except ValueError:
        # int() refuses thousands of digits (CVE-2020-10735).
        raise ValueError("The body has a number that is too long.") from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_deep(value):
        raise ValueError(_TOO_DEEP)
    return value


_TOO_DEEP = f"The body is nested deeper than {MAX_DEPTH} levels."


class _Ambiguous(Exception):
    """JSON that others might read differently."""


def _refuse_constant(_name: str) -> NoReturn:
    raise _Ambiguous("JSON has no NaN and no Infinity.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Ambiguous("An object in the body has the same name twice.")
    return members


def _is_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
    return bool(level)
