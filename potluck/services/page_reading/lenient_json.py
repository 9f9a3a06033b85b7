"""JSON as pages write it: comments, trailing commas, raw line ends, entities, several documents.

Numbers stay text, so that no digit is lost and no long number has to be computed.
"""

import html
import json
from typing import Any

#: What pages put around the JSON of a script, from the times when browsers showed scripts as text.
_BEFORE = ("<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA[")
_AFTER = (";", "-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", "//")
_ESCAPES = frozenset('"\\/bfnrtu')
_HEX = frozenset("0123456789abcdefABCDEF")

_DECODER = json.JSONDecoder(
    strict=False, parse_float=str, parse_int=str, parse_constant=lambda _: None
)


def read_documents(text: str) -> list[Any]:
    """The JSON documents of one script element; empty when it cannot be made sense of."""
    text = _unwrap(text)
    if not text:
        return []
    for attempt in (text, None):
        candidate = repair(text) if attempt is None else attempt
        documents = _decode_all(candidate)
        if documents:
            return documents
    unescaped = html.unescape(text)
    return _decode_all(unescaped) or _decode_all(repair(unescaped)) if unescaped != text else []


def _unwrap(text: str) -> str:
    """`text` without blanks, comment marks and semicolons around it."""
    text = text.strip("\ufeff \t\r\n")
    for mark in (*_BEFORE, *_BEFORE):
        text = text.removeprefix(mark).lstrip()
    for mark in (*_AFTER, *_AFTER):
        text = text.removesuffix(mark).rstrip()
    return text


def _decode_all(text: str) -> list[Any]:
    """All documents that stand one after another, or none when one of them is broken."""
    documents: list[Any] = []
    position = 0
    while position < len(text):
        try:
            document, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return []
        documents.append(document)
        while position < len(text) and text[position] in " \t\r\n,;\ufeff":
            position += 1
    return documents


def repair(text: str) -> str:
    """`text` without comments and trailing commas, with bad escapes and inner quotes mended."""
    out: list[str] = []
    position, length = 0, len(text)
    while position < length:
        character = text[position]
        if character == '"':
            position = _copy_string(text, position, out)
        elif text.startswith("//", position):
            position = _after(text, "\n", position)
        elif text.startswith("/*", position):
            position = _after(text, "*/", position)
        else:
            if character in "}]":
                _drop_comma(out)
            out.append(character)
            position += 1
    return "".join(out)


def _after(text: str, mark: str, position: int) -> int:
    end = text.find(mark, position)
    return len(text) if end < 0 else end + len(mark)


def _drop_comma(out: list[str]) -> None:
    blanks = len(out) - 1
    while blanks >= 0 and out[blanks].isspace():
        blanks -= 1
    if blanks >= 0 and out[blanks] == ",":
        del out[blanks:]


def _copy_string(text: str, start: int, out: list[str]) -> int:
    """Copies the string that opens at `start`; gives the position after it."""
    out.append('"')
    position = start + 1
    while position < len(text):
        character = text[position]
        if character == "\\":
            position = _copy_escape(text, position, out)
            continue
        if character == '"':
            if _ends_string(text, position):
                break
            out.append('\\"')
        else:
            out.append(character)
        position += 1
    out.append('"')
    return position + 1


def _copy_escape(text: str, position: int, out: list[str]) -> int:
    following = text[position + 1 : position + 2]
    if following == "u" and not _HEX.issuperset(text[position + 2 : position + 6]):
        out.append("\\\\u")
    elif following in _ESCAPES and following:
        out.append("\\" + following)
    else:
        out.append(following)
    return position + 2


def _ends_string(text: str, position: int) -> bool:
    """A quote ends its string when what follows could stand after one."""
    for following in text[position + 1 : position + 200]:
        if not following.isspace():
            return following in ",:}]/"
    return True
