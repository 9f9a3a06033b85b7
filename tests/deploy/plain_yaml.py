"""Just enough YAML to read compose.yaml with nothing installed.

Block mappings, block lists of scalars or mappings, quoted and plain scalars, lists in JSON form,
comments, anchors on mappings and `<<` merges. Every scalar is text. Anything else raises
ValueError: a file that needs more is not plain any more.
"""

import json
import re
from pathlib import Path

Node = str | list["Node"] | dict[str, "Node"] | None
Lines = list[tuple[int, str]]

KEY = re.compile(r'("[^"]+"|[^\s"\'\[{#&*!|>%@-][^:]*|<<):(?: +(.*))?$')


def read(path: Path) -> dict[str, Node]:
    """The document of a file; ValueError with the line that cannot be read."""
    lines: Lines = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if "\t" in text:
            message = f"line {number}: a tab"
            raise ValueError(message)
        if text:
            lines.append((len(text) - len(text.lstrip()), text.strip()))
    document = mapping(lines, lines[0][0], {})
    if lines:
        message = f"not understood: {lines[0][1]}"
        raise ValueError(message)
    return document


def block(lines: Lines, above: int, anchors: dict[str, Node]) -> Node:
    """What lies deeper than `above`: a mapping, a list or nothing."""
    if not lines or lines[0][0] <= above:
        return None
    depth, text = lines[0]
    return items(lines, depth, anchors) if text.startswith("- ") else mapping(lines, depth, anchors)


def items(lines: Lines, depth: int, anchors: dict[str, Node]) -> list[Node]:
    """A list of scalars, or of mappings whose first key stands behind the dash."""
    found: list[Node] = []
    while lines and lines[0][0] == depth and lines[0][1].startswith("- "):
        text = lines.pop(0)[1][2:].strip()
        if KEY.match(text):
            lines.insert(0, (depth + 2, text))
            found.append(mapping(lines, depth + 2, anchors))
        else:
            found.append(scalar(text))
    return found


def mapping(lines: Lines, depth: int, anchors: dict[str, Node]) -> dict[str, Node]:
    """A mapping; merged keys give way to its own."""
    own: dict[str, Node] = {}
    merged: dict[str, Node] = {}
    while lines and lines[0][0] == depth:
        _, text = lines.pop(0)
        if not (match := KEY.match(text)):
            message = f"not a key: {text}"
            raise ValueError(message)
        key, rest = match[1].strip('"'), match[2] or ""
        if key in own:
            message = f"twice: {key}"
            raise ValueError(message)
        if key == "<<":
            anchored = anchors[rest.removeprefix("*")]
            assert isinstance(anchored, dict)
            merged = anchored
        elif not rest or rest.startswith("&"):
            own[key] = block(lines, depth, anchors)
            anchors[rest.removeprefix("&")] = own[key]
        else:
            own[key] = scalar(rest)
    return merged | own


def scalar(text: str) -> Node:
    """Text, or a list that is written as JSON."""
    if text.startswith(("[", '"')):
        value: Node = json.loads(text)
        return value
    if text[0] in "{&*!|>%@'`":
        message = f"not plain: {text}"
        raise ValueError(message)
    return text
