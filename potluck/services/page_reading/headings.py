"""The last rung: what stands below the words "Ingredients" and "Method" of a visible page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from potluck.domain.page_recipe import Group, PageRecipe, Section
from potluck.services.page_reading.instructions import is_counter, sections_of
from potluck.services.page_reading.outline import Line, join_items
from potluck.services.page_reading.schema_recipe import without_bullet
from potluck.services.page_reading.text import match_key
from potluck.services.page_reading.times import read_time
from potluck.services.page_reading.words import (
    INGREDIENT_HEADINGS,
    STEP_HEADINGS,
    STOP_HEADINGS,
)

_INGREDIENTS = frozenset(map(match_key, INGREDIENT_HEADINGS))
_STEPS = frozenset(map(match_key, STEP_HEADINGS))
_STOPS = frozenset(map(match_key, STOP_HEADINGS))
_WORDS = {"ingredients": _INGREDIENTS, "steps": _STEPS}
_FEWEST = {"ingredients": 2, "steps": 1}
_SHORTEST = {"ingredients": 8, "steps": 20}
_MOST, _LONGEST_HEADING = 300, 90
#: What may follow the word itself: "Ingredients for 4", "Zutaten (4 Personen)", "Method: ".
_TAIL = re.compile(r"\s*(?:[(\[:]|\b(?:for|für|pour|para|per|voor|till|til|à)\b).*", re.DOTALL)
_DASH = re.compile(r"\s[\u2013\u2014|-]\s|:\s")


def read(outline: list[Line]) -> PageRecipe | None:
    """Ingredients and steps below the words that announce them, or None without either."""
    groups = _groups_below(outline)
    sections = _sections_below(outline)
    if not groups and not sections:
        return None
    return PageRecipe(method="opengraph", groups=groups, sections=sections)


def announced_by(line: Line) -> str:
    """What a line announces: "ingredients", "steps", "stop" or nothing (an empty text)."""
    is_link = line.item > 0 and line.is_link
    if len(line.text) > _LONGEST_HEADING or is_link or _is_time(line.text):
        return ""
    parts = [line.text, _TAIL.sub("", line.text, count=1), _DASH.split(line.text)[-1]]
    keys = [match_key(part) for part in parts]
    for name, words in (*_WORDS.items(), ("stop", _STOPS)):
        if any(key in words or _without_article(key) in words for key in keys):
            return name
    return ""


def _is_time(text: str) -> bool:
    """Whether a text tells a time ("Preparation: 20 min"), and so announces nothing."""
    if not any(character.isdigit() for character in text):
        return False
    time = read_time(text.rpartition(":")[2])
    return time is not None and time.min_s is not None


def is_ingredient_heading(text: str) -> bool:
    """Whether a heading says no more than that ingredients follow."""
    return _without_article(match_key(text)) in _INGREDIENTS


def _without_article(key: str) -> str:
    return next(
        (key[len(a) :] for a in ("die", "the", "les", "la", "de") if key.startswith(a)), key
    )


def _groups_below(outline: list[Line]) -> tuple[Group, ...]:
    found: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in _block(outline, "ingredients"):
        if line.level:
            found.append((line.text, []))
        else:
            found[-1][1].append(without_bullet(line.text))
    return tuple((name, tuple(texts)) for name, texts in found if texts)


def _sections_below(outline: list[Line]) -> tuple[Section, ...]:
    lines = _block(outline, "steps")
    return sections_of(("heading" if line.level else "step", line.text) for line in lines)


def _block(outline: list[Line], kind: str) -> list[Line]:
    """The best block of a kind: a zone by class name with its heading, a heading, a zone alone."""
    zones = list(_zones(outline, kind))
    titled = [zone for zone in zones if any(announced_by(line) == kind for line in zone)]
    for blocks in (titled, list(_announced(outline, kind)), zones):
        tidied = [_tidy(block, kind) for block in blocks]
        best = max(tidied, key=_texts, default=[])
        letters = sum(len(line.text) for line in best)
        if _FEWEST[kind] <= _texts(best) <= _MOST and letters >= _SHORTEST[kind]:
            return best
    return []


def _texts(block: list[Line]) -> int:
    return sum(1 for line in block if not line.level)


def _zones(outline: list[Line], kind: str) -> Iterator[list[Line]]:
    """Lines whose class names tell the kind; zones that follow without a gap are one."""
    zones: dict[int, list[Line]] = {}
    last: Line | None = None
    for line in outline:
        if line.zone == kind:
            is_next = last is not None and last.zone == kind
            before = zones[last.zone_id] if last is not None and is_next else []
            zones.setdefault(line.zone_id, before).append(line)
        last = line
    yield from {id(zone): zone for zone in zones.values()}.values()


def _announced(outline: list[Line], kind: str) -> Iterator[list[Line]]:
    """The lines after each heading of the kind, up to the next that is no lesser one."""
    block: list[Line] | None = None
    level = 0
    for line in outline:
        name = announced_by(line)
        if name == kind and (line.level or block is None):
            if block:
                yield block
            block, level = [], line.level
        elif block is not None:
            is_higher = 0 < line.level <= (level or 6) and line.level != 7
            is_over = bool(name) or (is_higher and not is_counter(line.text))
            if is_over or len(block) > _MOST:
                yield block
                block = None
            else:
                block.append(line)
    if block:
        yield block


def _tidy(block: list[Line], kind: str) -> list[Line]:
    """Without announcements and counters; only items, or bulleted lines, when there are any."""
    lines = [line for line in join_items(block) if not announced_by(line)]
    lines = [line for line in lines if match_key(line.text) and not is_counter(line.text)]
    zoned = [line for line in lines if line.zone == kind]
    lines = zoned if _texts(zoned) >= _FEWEST[kind] else lines
    if kind == "steps":
        lines = [line for line in lines if not line.is_link]
    if _texts(lines) < _FEWEST[kind]:
        lines = [replace(line, level=0) if line.level == 7 else line for line in lines]
    for is_wanted in (_is_item, _is_bulleted, _numbered(lines)):
        if sum(1 for line in lines if is_wanted(line)) >= 2:
            return [line for line in lines if line.level or is_wanted(line)]
    return lines if lines and lines[0].zone else _until_box_ends(lines)


def _is_item(line: Line) -> bool:
    return line.item > 0 and not line.level


def _numbered(lines: list[Line]) -> Callable[[Line], bool]:
    """Tells the lines that count on from 1 ("1. Mix", "2. Bake") from what stands around them."""
    counted: set[int] = set()
    for line in lines:
        if not line.level and line.text.startswith(
            (f"{len(counted) + 1}.", f"{len(counted) + 1})")
        ):
            counted.add(id(line))
    return lambda line: id(line) in counted


def _is_bulleted(line: Line) -> bool:
    return not line.level and without_bullet(line.text) != line.text


def _until_box_ends(lines: list[Line]) -> list[Line]:
    """Bare paragraphs: up to the first that stands further out than they began."""
    depths = [line.depth for line in lines if not line.level]
    kept: list[Line] = []
    for line in lines:
        if not line.level and line.depth < min(depths[:2]):
            break
        kept.append(line)
    return kept
