"""Lists of a recipe as text that people type, and back without losing what the text cannot show.

A line that starts with "#" is a heading; where a heading-like line is meant as text, a backslash
stands before it. What is typed is compared with what the recipe held: parts that stayed as they
were keep their identity and everything that belongs to it, parts that were reworded their identity.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

Plain = Mapping[str, Any]

_HEADING_LIKE = re.compile(r"\\*#")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_WORD = re.compile(r"\w+")
#: Two wordings with this share of their words in common are one thing, reworded.
_ALIKE = 1 / 3


@dataclass
class Block:
    """A heading (None: none, "": an empty one) and what stands under it."""

    heading: str | None
    items: list[str] = field(default_factory=list)


def flat(text: str) -> str:
    """`text` as a field of one line shows it."""
    return " ".join(text.split("\n")).strip()


def escaped(line: str) -> str:
    """`line` so that it is not read as a heading."""
    return f"\\{line}" if _HEADING_LIKE.match(line) else line


def unescaped(line: str) -> str:
    """The inverse of `escaped`."""
    return line[1:] if line.startswith("\\") and _HEADING_LIKE.match(line) else line


def write_blocks(blocks: Sequence[tuple[str | None, Sequence[str]]], *, apart: str) -> str:
    """Headed lists as text; `apart` stands between two items.

    The first block goes without a heading when it has no name.
    """
    parts: list[str] = []
    for index, (name, items) in enumerate(blocks):
        heading = [f"# {flat(name)}" if name else "#"] if name or index else []
        parts.append(apart.join([*heading, *items]))
    return "\n\n".join(part for part in parts if part)


def read_lines(text: str) -> list[Block]:
    """One item on each line, under the headings."""
    blocks = [Block(None)]
    for line in (each.strip() for each in text.split("\n")):
        if line.startswith("#"):
            blocks.append(Block(line[1:].strip()))
        elif line:
            blocks[-1].items.append(unescaped(line))
    return _filled(blocks)


def read_paragraphs(text: str) -> list[Block]:
    """Items with blank lines between, under the headings; "## Title" belongs to its item."""
    blocks, paragraph = [Block(None)], list[str]()

    def close() -> None:
        if any(line.strip() for line in paragraph):
            blocks[-1].items.append("\n".join(paragraph).strip())
        paragraph.clear()

    for line in text.split("\n"):
        if line.startswith("##"):
            close()
            paragraph.append(line)
        elif line.startswith("#"):
            close()
            blocks.append(Block(line[1:].strip()))
        elif line.strip() or _is_title_alone(paragraph):
            paragraph.append(line)
        else:
            close()
    close()
    return _filled(blocks)


def read_headed_texts(text: str) -> list[tuple[str | None, str]]:
    """Texts of any lines, each but the first begun by a heading."""
    found: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in text.split("\n"):
        if line.startswith("#"):
            found.append((line[1:].strip() or None, []))
        else:
            found[-1][1].append(unescaped(line))
    texts = [(title, "\n".join(lines).strip()) for title, lines in found]
    return [(title, body) for title, body in texts if title or body]


def without_blank_lines(text: str) -> str:
    """`text` so that it stays one paragraph."""
    return _BLANK_LINES.sub("\n", text.strip())


def refuse_many(count: int, most: int, noun: str) -> None:
    """Raises ValueError with a sentence when more was typed than a recipe may hold."""
    if count > most:
        raise ValueError(f"Write at most {most} {noun}.")


def _is_title_alone(paragraph: list[str]) -> bool:
    return len(paragraph) == 1 and paragraph[0].startswith("##")


def _filled(blocks: list[Block]) -> list[Block]:
    """Without the first block when nothing stands before the first heading."""
    return blocks if blocks[0].items else blocks[1:]


def origins(new: Sequence[str], old: Sequence[str]) -> list[int | None]:
    """For each text of `new` the index of the text in `old` that it is, or is a rewording of.

    No index occurs twice. Equal texts at the start and the end are the same ones; between them
    each text is the first equal one that is left. Then come those that stand where another stood
    and share enough words with it. The work grows with the length of the texts alone, whatever
    they repeat.
    """
    found: list[int | None] = [None] * len(new)
    start = _equal_ends(zip(new, old, strict=False))
    end = _equal_ends(zip(reversed(new[start:]), reversed(old[start:]), strict=False))
    for here in range(start):
        found[here] = here
    for back in range(1, end + 1):
        found[-back] = len(old) - back
    left = set(range(start, len(old) - end))
    for here, there in _equal_between(range(start, len(new) - end), new, old, left):
        found[here] = there
        left.discard(there)
    for here, there in _in_the_same_place(found, left):
        if _are_alike(old[there], new[here]):
            found[here] = there
    return found


def _equal_ends(pairs: Iterable[tuple[str, str]]) -> int:
    """How many of the first pairs are of equal texts."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _equal_between(
    places: range, new: Sequence[str], old: Sequence[str], left: set[int]
) -> Iterator[tuple[int, int]]:
    """For places of `new` the place of an equal text among those that are `left`, in order."""
    queues: dict[str, deque[int]] = {}
    for there in sorted(left):
        queues.setdefault(old[there], deque()).append(there)
    for here in places:
        if queue := queues.get(new[here]):
            yield here, queue.popleft()


def _in_the_same_place(found: Sequence[int | None], left: set[int]) -> list[tuple[int, int]]:
    """Pairs of places, as far behind the last text that was found as in the old order."""
    pairs, there = [], 0
    for here, origin in enumerate(found):
        if origin is not None:
            there = origin + 1
        elif there in left:
            pairs.append((here, there))
            there += 1
    return pairs


def _are_alike(one: str, other: str) -> bool:
    first, second = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return len(first & second) >= _ALIKE * len(first | second) > 0
