"""`recipeInstructions` in all its shapes, as sections of plain steps."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from potluck.domain.page_recipe import PageStep, Section
from potluck.services.page_reading.text import match_key, one_line, plain
from potluck.services.page_reading.words import STEP_HEADINGS, STEP_WORDS

_MOST_NODES = 5_000
_LONGEST_HEADING = 80
_LONGEST_COUNTER = 30
_STEP = "|".join(sorted(STEP_WORDS, key=len, reverse=True))
_COUNTER = re.compile(rf"(?:{_STEP})?\s*[#nº°.]*\s*\d{{1,3}}\s*[.):]?", re.IGNORECASE)
#: "1. ", "2) ", "Step 4: " at the start of a step.
_NUMBERED = re.compile(
    rf"(?:(?:{_STEP})\s+)?(\d{{1,2}})\s*(?:[.):]\s+(?=\S)|(?=[^\W\d_]))", re.IGNORECASE
)
_INLINE_NUMBER = re.compile(r"(?:^|(?<=[.!?)\s\u3002]))(\d{1,2})[.)\u3001]\s*(?=[^\W\d_])")
#: "… until soft.Add the" where markup between two paragraphs was thrown away.
_GLUED = re.compile(r"(?<=[^\W\d_A-Z]{3})([.!?])(?=[A-ZÀ-ÖØ-Þ][^\W\d_.])")
_ANNOUNCEMENTS = frozenset(map(match_key, STEP_HEADINGS))

#: One event of the walk: ("heading", text) opens a section, ("title", text) names the next step,
#: ("step", text) is one.
Event = tuple[str, str]


def read_instructions(value: Any) -> tuple[Section, ...]:
    """Sections of steps from a string, a list or HowTo nodes nested in any way."""
    events = [event for event in _walk(value) if event[1] or event[0] == "heading"]
    if sum(1 for kind, _ in events if kind == "step") == 1:
        events = _split_single(events)
    return sections_of(events)


def sections_of(events: Iterable[Event]) -> tuple[Section, ...]:
    """Steps under the heading before them; headings without steps, and counters, are dropped."""
    sections: list[tuple[str | None, list[PageStep]]] = [(None, [])]
    title: str | None = None
    for kind, text in events:
        if kind == "heading" or (kind == "step" and is_heading(text)):
            sections.append((None if announces_steps(text) else text or None, []))
            title = None
        elif kind == "title":
            title = text
        elif not is_counter(text) and not announces_steps(text):
            sections[-1][1].append(PageStep(text, title))
            title = None
    if title:
        sections[-1][1].append(PageStep(title))
    return drop_numbers(tuple((name, tuple(steps)) for name, steps in sections if steps))


def is_heading(text: str) -> bool:
    """A short line that ends with a colon stands above others ("For the sauce:")."""
    return len(text) <= _LONGEST_HEADING and text.endswith((":", "\uff1a"))


def announces_steps(text: str) -> bool:
    """A line that stands over all steps of a page ("Method", "Zubereitung:")."""
    return len(text) <= _LONGEST_HEADING and match_key(text) in _ANNOUNCEMENTS


def is_counter(text: str) -> bool:
    """A line that only counts: "3", "2.", "Step 4"."""
    return len(text) <= _LONGEST_COUNTER and _COUNTER.fullmatch(text) is not None


def _walk(value: Any) -> Iterator[Event]:
    """Document order without recursion: children are put on top of the stack."""
    stack = [value]
    for _ in range(_MOST_NODES):
        if not stack:
            return
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, str):
            # Line ends stay within the step: only the whole of a recipe is cut at them.
            yield "step", plain(node)
        elif isinstance(node, _Label):
            yield node.kind, node.text
        elif isinstance(node, dict):
            stack.extend(reversed(_parts(node)))


class _Label:
    """A section's heading or a step's title, kept apart from the strings that are steps."""

    __slots__ = ("kind", "text")

    def __init__(self, kind: str, text: str) -> None:
        self.kind, self.text = kind, text


def _parts(node: dict[str, Any]) -> list[Any]:
    """What a HowTo node says, in order: its name, its own text, its children."""
    children = _first(node, "itemListElement", "steps", "step", "item")
    name = _string(_first(node, "name", "Name", "headline"))
    text = _string(_first(node, "text", "Text", "description"))
    if not text and isinstance(node.get("text"), list):
        children = node["text"]
    if isinstance(children, str) and not text:
        text, children = children, None
    if _is_section(node) and children:
        return [_Label("heading", one_line(name)), text, children, _Label("heading", "")]
    if not text and not children:
        return [name]
    return [*_titled(name, text), text, children or []]


def _is_section(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any("section" in str(kind).lower() for kind in _as_list(kinds))


def _titled(name: str, text: str) -> list[Any]:
    """A step's own name is its title, unless it repeats the text or only counts."""
    title = one_line(name)
    key = match_key(title)
    if not key or is_counter(title) or announces_steps(title):
        return []
    return [] if match_key(one_line(text)).startswith(key) else [_Label("title", title)]


def _split_single(events: list[Event]) -> list[Event]:
    """A recipe of one text is as many steps as it has lines, numbers or glued sentences."""
    split: list[Event] = []
    for kind, text in events:
        pieces = split_text(text) if kind == "step" else [text]
        split.extend((kind, piece) for piece in pieces)
    return split


def split_text(text: str) -> list[str]:
    """The steps of a text: its lines, else what it numbers, else where sentences lost a blank."""
    before, _, after = text.partition(":")
    if announces_steps(before) and after.strip():
        text = after.strip()
    lines = text.split("\n")
    if len(lines) > 1:
        return lines
    numbered = split_numbered(text)
    return numbered if len(numbered) > 1 else _GLUED.sub(r"\1\n", text).split("\n")


def split_numbered(text: str) -> list[str]:
    """`text` cut before 1., 2., 3. …; whole when it does not count from 1 without a gap."""
    starts: list[re.Match[str]] = []
    for match in _INLINE_NUMBER.finditer(text):
        if int(match.group(1)) == len(starts) + 1:
            starts.append(match)
    if len(starts) < 2 or starts[0].start() != 0:
        return [text]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return [text[match.end() : end].strip() for match, end in zip(starts, ends, strict=True)]


def drop_numbers(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Steps without the numbers they carry, when all do and count on from 1, or anew."""
    numbers = [_NUMBERED.match(step.text) for _, steps in sections for step in steps]
    counted = [int(match.group(1)) for match in numbers if match]
    if len(numbers) < 2 or len(counted) < len(numbers) or counted[0] != 1:
        return sections
    if any(b not in {1, a + 1} for a, b in pairwise(counted)):
        return sections
    return tuple(
        (name, tuple(replace(step, text=_NUMBERED.sub("", step.text, count=1)) for step in steps))
        for name, steps in sections
    )


def _first(node: dict[str, Any], *names: str) -> Any:
    return next((node[name] for name in names if node.get(name)), None)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _string(value: Any) -> str:
    """The text of a string, a number's text, a language-tagged value or the first of a list."""
    if isinstance(value, list):
        value = next((item for item in value if item), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("text") or value.get("name")
    return value if isinstance(value, str) else ""
