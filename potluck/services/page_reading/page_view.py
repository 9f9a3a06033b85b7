"""What the visible page adds to structured data: headings, cuts between steps, times, yields."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from potluck.domain.page_recipe import Group, PageRecipe, PageTime, PageTimes, PageYield, Section
from potluck.services.page_reading.headings import announced_by
from potluck.services.page_reading.instructions import is_counter, sections_of
from potluck.services.page_reading.numbers import NUMBER
from potluck.services.page_reading.outline import Line, join_items
from potluck.services.page_reading.schema_recipe import without_bullet
from potluck.services.page_reading.text import match_key
from potluck.services.page_reading.times import read_time
from potluck.services.page_reading.words import TIME_LABELS, YIELD_LABELS
from potluck.services.page_reading.yields import read_yields

#: A page shows at least this many times the lines of data that is called cut short.
_CUT_SHORT = Fraction(3, 2)
_MOST_STARTS, _MOST_SKIPPED = 50, 3
#: "1onion": a number glued to a word that is too long for a unit.
_GLUED = re.compile(r"^\d+[^\W\d_]{4,}")
_LONGEST_HEADING, _LONGEST_VALUE = 120, 60
#: Between several labels in one line: "Serves 4 | Prep 10 min".
_BARS = re.compile(r"\s*[|\u2022\u00b7]\s*")
_TIME_KEYS = {match_key(label): name for name, labels in TIME_LABELS.items() for label in labels}
_YIELD_KEYS = frozenset(map(match_key, YIELD_LABELS))


def improve_groups(
    groups: tuple[Group, ...], outline: list[Line], *, keeps_lines: bool
) -> tuple[Group, ...]:
    """Lines that schema.org lists flat, under the headings that the page shows between them.

    442 of 1,110 recipes of a public corpus have more than one group. Only where the page shows the
    same words in the same order: then nothing can be misplaced. Where the page cuts the words into
    lines otherwise, or has blanks where the data has none ("1onion"), its lines are taken, unless
    the lines are to be kept.
    """
    lines = [line for _, texts in groups for line in texts]
    run = _same_words(lines, outline)
    if run is None or (len(groups) > 1 and not any(part.is_heading for part in run)):
        return groups
    matched = [part for part in run if part.is_matched]
    is_same_cut = len(matched) == len(lines)
    if keeps_lines and not is_same_cut:
        return groups
    if is_same_cut and (keeps_lines or not any(map(_GLUED.search, lines))):
        said = dict(zip(map(id, matched), lines, strict=True))
    else:
        said = {id(part): without_bullet(part.text) for part in run}
    found: list[tuple[str | None, list[str]]] = [(None, [])]
    for part in run:
        text = said.get(id(part), part.text)
        if part.is_heading:
            found.append((text, []))
        else:
            found[-1][1].append(text)
    return tuple((name, tuple(texts)) for name, texts in found if texts)


def improve_sections(sections: tuple[Section, ...], outline: list[Line]) -> tuple[Section, ...]:
    """A lone step, cut as the page cuts it."""
    steps = [step.text for _, steps in sections for step in steps]
    if len(steps) != 1:
        return sections
    run = _same_words(steps, outline)
    if run is None or sum(1 for part in run if part.is_matched) <= len(steps):
        return sections
    return sections_of(("heading" if part.is_heading else "step", part.text) for part in run)


def complete(recipe: PageRecipe, shown: PageRecipe) -> PageRecipe:
    """`recipe` with the lines and steps of the visible page, where its own are but the first few.

    Some pages cut their structured data short.
    """
    groups, sections = recipe.groups, recipe.sections
    if _is_start_of(recipe.lines, shown.lines):
        groups = shown.groups
    if _is_start_of(recipe.steps, shown.steps):
        sections = shown.sections
    return replace(recipe, groups=groups, sections=sections)


def _is_start_of(some: tuple[str, ...], more: tuple[str, ...]) -> bool:
    if len(some) < 2 or len(some) * _CUT_SHORT > len(more):
        return False
    keys = [match_key(text) for text in more]
    return len({*keys}) == len(keys) and [match_key(text) for text in some] == keys[: len(some)]


@dataclass(frozen=True, slots=True)
class _Part:
    """A shown line: one that the data has (`is_matched`), or a heading, or both."""

    text: str
    is_matched: bool
    is_heading: bool


def _same_words(texts: list[str], outline: list[Line]) -> list[_Part] | None:
    """The run of shown lines whose words are those of `texts`, with the headings among them."""
    wanted = "".join(map(match_key, texts))
    lines = [line for line in join_items(outline) if not is_counter(line.text)]
    keys = [match_key(line.text) for line in lines]
    starts = [i for i, key in enumerate(keys) if len(key) > 1 and _begins(wanted, 0, key)]
    runs = (_run_from(start, wanted, lines, keys) for start in starts[:_MOST_STARTS])
    return max((run for run in runs if run), key=len, default=None)


def _begins(wanted: str, position: int, key: str) -> int:
    """How much of `wanted` from `position` on is `key`, or `key` behind a counter ("2Mix")."""
    if not key:
        return 0
    if wanted.startswith(key, position):
        return len(key)
    bare = key.lstrip("0123456789")
    return len(bare) if bare and wanted.startswith(bare, position) else 0


def _run_from(start: int, wanted: str, lines: list[Line], keys: list[str]) -> list[_Part] | None:
    matched: list[tuple[Line, bool]] = []
    heading = lines[start - 1] if start and _is_group_heading(lines[start - 1]) else None
    position, skipped = 0, 0
    for line, key in zip(islice(lines, start, None), islice(keys, start, None), strict=True):
        length = _begins(wanted, position, key)
        if length:
            matched.extend(((heading, False), (line, True)) if heading else ((line, True),))
            heading, position, skipped = None, position + length, 0
            if position == len(wanted):
                return _parts(matched)
        else:
            heading = line if _is_group_heading(line) else None
            skipped += 1
        if skipped > _MOST_SKIPPED:
            return None
    return None


def _parts(matched: list[tuple[Line, bool]]) -> list[_Part]:
    """Matched lines that stand out among the others are headings that the data took for lines."""
    texts = [line for line, is_matched in matched if is_matched]
    high = [line for line in texts if line.level and not _has_amount(line)]
    is_minority = 3 * len(high) < len(texts)
    return [
        _Part(line.text, is_matched, not is_matched or (is_minority and line in high))
        for line, is_matched in matched
    ]


def _has_amount(line: Line) -> bool:
    """A bold link or a bold amount is still an ingredient."""
    return line.is_link or NUMBER.search(line.text) is not None


def _is_group_heading(line: Line) -> bool:
    """A line that stands out, is no sentence, and tells no yield ("2 portions")."""
    if announced_by(line) or len(line.text) > _LONGEST_HEADING or line.text.endswith("."):
        return False
    stands_out = line.level > 0 or line.text.endswith(":")
    return stands_out and yields_beside_label([line]) is None


def times_beside_labels(outline: list[Line]) -> PageTimes:
    """Durations in the line of their label, or in the line after it (before it on some pages)."""
    found: dict[str, PageTime] = {}
    labels: list[tuple[int, str]] = []
    for index, line in enumerate(outline):
        if len(line.text) > _LONGEST_VALUE + _LONGEST_HEADING:
            continue
        for piece in _BARS.split(line.text):
            label, value = _split_label(piece)
            name = _TIME_KEYS.get(match_key(label))
            if name is not None and not value:
                labels.append((index, name))
            elif name is not None and (time := _time_in(value)):
                found.setdefault(name, time)
    for name, time in _times_around(outline, labels):
        found.setdefault(name, time)
    return PageTimes(**found)


def _times_around(
    outline: list[Line], labels: list[tuple[int, str]]
) -> Iterable[tuple[str, PageTime]]:
    after = [(name, _time_at(outline, index + 1)) for index, name in labels]
    before = [(name, _time_at(outline, index - 1)) for index, name in labels]
    has_more_before = sum(1 for _, t in before if t) > sum(1 for _, t in after if t)
    for name, time in before if has_more_before else after:
        if time is not None:
            yield name, time


def _time_at(outline: list[Line], index: int) -> PageTime | None:
    return _time_in(outline[index].text) if 0 <= index < len(outline) else None


def _time_in(text: str) -> PageTime | None:
    """A duration that says its unit; a bare number beside "Total" may be anything."""
    if not text or len(text) > _LONGEST_VALUE or text.isdigit():
        return None
    time = read_time(text)
    return time if time is not None and time.min_s is not None else None


def yields_beside_label(outline: list[Line]) -> PageYield | None:
    """The first yield in the line of its label ("Serves 4"), or in the line after it."""
    for index, line in enumerate(outline):
        text = next((piece for piece in _BARS.split(line.text) if NUMBER.search(piece)), line.text)
        if len(text) > _LONGEST_VALUE:
            continue
        number = NUMBER.search(text)
        if number is None:
            following = outline[index + 1].text if index + 1 < len(outline) else ""
            is_label = match_key(line.text) in _YIELD_KEYS
            if is_label and len(following) <= _LONGEST_VALUE and NUMBER.match(following):
                return read_yields([following])
        elif _is_yield(text, number.start(), number.end()):
            return read_yields([text])
    return None


def _is_yield(text: str, start: int, end: int) -> bool:
    """Whether a label stands before or after: "Serves 4", "Portions : 4 à 6", "4 Portionen"."""
    before, after = match_key(text[:start]), text[end:].strip(" .:").split(" ")
    if before:
        return before in _YIELD_KEYS
    return match_key(after[0]) in _YIELD_KEYS and len(after) <= 3


def _split_label(text: str) -> tuple[str, str]:
    """A label and what stands behind its colon, or before its first digit."""
    label, colon, value = text.partition(":")
    if not colon:
        number = NUMBER.search(text)
        if number is None:
            return text, ""
        label, value = text[: number.start()], text[number.start() :]
    return label, value.strip()
