"""The last rung: the words over the lists ("Ingredients", "Zubereitung"), and headings between.

Also gives structured data its ingredient groups back: schema.org lists lines flat, the page shows
them under headings (442 of 1,110 recipes of a public corpus have more than one group).
"""

from collections.abc import Iterable

from potluck.domain.page_recipe import Group, PageRecipe, Section
from potluck.services.page_reading.instructions import is_counter, sections_of
from potluck.services.page_reading.outline import Line, join_items
from potluck.services.page_reading.text import match_key
from potluck.services.page_reading.words import INGREDIENT_HEADINGS, STEP_HEADINGS

_INGREDIENTS = frozenset(map(match_key, INGREDIENT_HEADINGS))
_STEPS = frozenset(map(match_key, STEP_HEADINGS))
_FEWEST, _MOST, _LONGEST_HEADING = 2, 300, 120


def recover_groups(lines: tuple[str, ...], outline: list[Line]) -> tuple[Group, ...] | None:
    """`lines` under the headings that the page shows between them, or None.

    Only when the page shows exactly these lines in this order: then nothing can be misplaced.
    """
    keys = [match_key(line) for line in lines]
    if len(keys) < _FEWEST or not all(keys):
        return None
    run: list[tuple[str | None, list[str]]] = []
    heading: str | None = None
    position = 0
    for shown in join_items(outline):
        key = match_key(shown.text)
        if key == keys[position]:
            if heading is not None or not run:
                run.append((heading, []))
            run[-1][1].append(lines[position])
            heading, position = None, position + 1
            if position == len(keys):
                break
        elif key == keys[0]:
            run, heading, position = [(None, [lines[0]])], None, 1
        elif _is_group_heading(shown):
            heading = shown.text
    named = sum(1 for name, _ in run if name)
    if position < len(keys) or not named:
        return None
    return tuple((name, tuple(texts)) for name, texts in run)


def _is_group_heading(line: Line) -> bool:
    if match_key(line.text) in _INGREDIENTS or len(line.text) > _LONGEST_HEADING:
        return False
    return line.level > 0 or line.text.endswith(":")


def read(outline: list[Line]) -> PageRecipe | None:
    """Ingredients and steps below the words that announce them, or None without both words."""
    groups = _groups_below(outline)
    sections = _sections_below(outline)
    if not groups and not sections:
        return None
    return PageRecipe(method="opengraph", groups=groups, sections=sections)


def _groups_below(outline: list[Line]) -> tuple[Group, ...]:
    found: list[tuple[str | None, list[str]]] = []
    for line in _block(outline, "ingredients"):
        if line.level and _is_group_heading(line):
            found.append((line.text, []))
        elif not line.level:
            if not found:
                found.append((None, []))
            found[-1][1].append(line.text)
    return tuple((name, tuple(texts)) for name, texts in found if texts)


def _sections_below(outline: list[Line]) -> tuple[Section, ...]:
    lines = _block(outline, "steps")
    return sections_of(("heading" if line.level else "step", line.text) for line in lines)


def _block(outline: list[Line], zone: str) -> list[Line]:
    """The fullest of the blocks that a heading or a class name calls ingredients or steps."""
    blocks = [*_zones(outline, zone), *_announced(outline, zone)]
    return max((_items_of(block) for block in blocks), key=_weight, default=[])


def _weight(block: list[Line]) -> int:
    texts = sum(1 for line in block if not line.level)
    return texts if _FEWEST <= texts <= _MOST else 0


def _zones(outline: list[Line], zone: str) -> Iterable[list[Line]]:
    zones: dict[int, list[Line]] = {}
    for line in outline:
        if line.zone == zone:
            zones.setdefault(line.zone_id, []).append(line)
    return zones.values()


def _announced(outline: list[Line], zone: str) -> Iterable[list[Line]]:
    """The lines after each heading of the kind, up to the next that is no lesser one."""
    words = _INGREDIENTS if zone == "ingredients" else _STEPS
    others = _STEPS if zone == "ingredients" else _INGREDIENTS
    open_block: list[Line] | None = None
    level = 0
    for line in outline:
        key = match_key(line.text) if len(line.text) <= _LONGEST_HEADING else ""
        if key in words:
            if open_block:
                yield open_block
            open_block, level = [], line.level
        elif open_block is not None:
            is_over = key in others or (line.level and line.level <= (level or 6))
            if is_over or len(open_block) > _MOST:
                yield open_block
                open_block = None
            else:
                open_block.append(line)
    if open_block:
        yield open_block


def _items_of(block: list[Line]) -> list[Line]:
    """List items and headings when the block has items, else all its lines."""
    words = _INGREDIENTS | _STEPS
    lines = [line for line in join_items(block) if match_key(line.text) not in words]
    lines = [line for line in lines if not is_counter(line.text)]
    if sum(1 for line in lines if line.item) >= _FEWEST:
        lines = [line for line in lines if line.item or line.level]
    return lines
