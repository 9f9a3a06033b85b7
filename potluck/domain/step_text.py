"""Tokens inside the text of a step: `{{line:ID}}`, `{{timer:ID}}` and `{{temp:180C}}`.

Editors put them there so that a page can show the amount, start the timer and convert the
temperature. Any other braces are text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

_TOKEN = re.compile(
    r"\{\{(?:(?P<kind>line|timer):(?P<id>[^{}\s]+)|temp:(?P<degrees>-?[0-9]{1,4})(?P<scale>[CF]))\}\}"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A line or a timer of the same recipe; `id` is None when it is written as no UUID."""

    kind: Literal["line", "timer"]
    id: UUID | None


@dataclass(frozen=True, slots=True)
class Temperature:
    """Whole degrees Celsius or Fahrenheit."""

    degrees: int
    scale: Literal["C", "F"]


def parts(text: str) -> Iterator[str | Reference | Temperature]:
    """The text in order, cut at its tokens; empty stretches are left out."""
    end = 0
    for found in _TOKEN.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield _token(found)
        end = found.end()
    if end < len(text):
        yield text[end:]


def references(text: str) -> Iterator[Reference]:
    """The lines and timers that `text` names, in order."""
    return (part for part in parts(text) if isinstance(part, Reference))


def canonical(text: str) -> str:
    """`text` with the ids in its tokens in lower case, as ids are written everywhere else."""
    return _TOKEN.sub(lambda found: _UUID.sub(lambda uuid: uuid[0].lower(), found[0]), text)


def _token(found: re.Match[str]) -> Reference | Temperature:
    if found["kind"] is None:
        return Temperature(int(found["degrees"]), "C" if found["scale"] == "C" else "F")
    id = UUID(found["id"]) if _UUID.fullmatch(found["id"]) else None
    return Reference("line" if found["kind"] == "line" else "timer", id)
