"""XML documents of ours, made of elements and never of text put together."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

#: What XML 1.0 (fifth edition, 2.2) has no place for, not even escaped.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child of `parent`."""
    child = SubElement(parent, tag, {name: fit(value) for name, value in attributes.items()})
    if text is not None:
        child.text = fit(text)
    return child


def fit(text: str) -> str:
    """`text` without the characters that no XML document may hold."""
    return _UNFIT.sub("", text)


def instant(value: datetime) -> str:
    """RFC 3339 in whole seconds of UTC, which is also a W3C date and time."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def document(root: Element) -> bytes:
    """The whole document in UTF-8, with its declaration."""
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def html(root: Element) -> str:
    """The content of an element as HTML."""
    return "".join(ET.tostring(each, encoding="unicode", method="html") for each in root)
