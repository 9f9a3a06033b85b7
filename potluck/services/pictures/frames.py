"""What the picture processor and its child say to each other.

A request is the bytes that were sent. A reply is one line of JSON, then the files in its order.
Refused: `{"refused": [code, detail]}`. The parent checks a reply as if a stranger had written it,
since whoever breaks the child does.
"""

import json
import re
from typing import Any, get_args

from potluck.services.pictures.picture import (
    LONGEST_SIDE,
    WIDTHS,
    Code,
    Format,
    PictureFile,
    ProcessedPicture,
    UnusablePicture,
)

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_MAGIC = {"webp": b"RIFF", "avif": b"ftyp"}


def refusal(error: UnusablePicture) -> bytes:
    """The payload that refuses a picture."""
    return json.dumps({"refused": [error.code, error.detail]}).encode()


def answer(picture: ProcessedPicture) -> bytes:
    """The payload of a picture's files and facts; the digest is the parent's."""
    facts = {
        "size": [picture.width, picture.height],
        "colour": picture.colour,
        "focus": [picture.focus_x, picture.focus_y],
        "files": [[each.width, each.format, len(each.content)] for each in picture.files],
    }
    return b"\n".join([json.dumps(facts).encode(), b"".join(e.content for e in picture.files)])


def read(payload: bytes, *, digest: str) -> ProcessedPicture:
    """The picture of a reply.

    Raises UnusablePicture when it was refused; ValueError, TypeError or KeyError when this is no
    reply of ours.
    """
    line, _, contents = payload.partition(b"\n")
    facts = json.loads(line)
    if "refused" in facts:
        code, detail = facts["refused"]
        raise UnusablePicture(_one_of(get_args(Code), code), str(detail))
    width, height = (_number(each, 1, LONGEST_SIDE) for each in facts["size"])
    focus_x, focus_y = (_number(each, 0, 100) for each in facts["focus"])
    if not _COLOUR.fullmatch(facts["colour"]):
        raise ValueError("A colour is #rrggbb.")
    files = _files(facts["files"], contents)
    return ProcessedPicture(digest, width, height, facts["colour"], focus_x, focus_y, files)


def _files(named: list[Any], contents: bytes) -> tuple[PictureFile, ...]:
    files, start = [], 0
    for width, form, size in named:
        format: Format = _one_of(get_args(Format), form)
        content = contents[start : start + _number(size, 1, len(contents))]
        if _MAGIC[format] not in content[:8]:
            raise ValueError("A file is of the format that it is called.")
        files.append(PictureFile(_number(width, 1, WIDTHS[-1]), format, content))
        start += size
    if not files or start != len(contents):
        raise ValueError("The files are as long as was said.")
    return tuple(files)


def _one_of(allowed: tuple[Any, ...], value: Any) -> Any:
    if value not in allowed:
        raise ValueError("This word is not one of ours.")
    return value


def _number(value: Any, lowest: int, highest: int) -> int:
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError("A number is out of range.")
    return value
