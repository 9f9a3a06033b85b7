"""Decodes pages: what they declare, by a fixed table of character sets."""

import codecs
import re

#: Labels of the WHATWG Encoding Standard that pages carry, to Python's codecs. A table and not a
#: look-up, because Python also knows codecs that are no character sets (`idna`, `base64`, `zip`).
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "l1", "us-ascii", "ascii"), "cp1252"
    ),
    **{f"windows-125{n}": f"cp125{n}" for n in range(9)},
    **{f"cp125{n}": f"cp125{n}" for n in range(9)},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "latin2": "iso8859-2",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "ibm866": "cp866",
    "macintosh": "mac-roman",
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    "euc-jp": "euc-jp",
    "iso-2022-jp": "iso2022-jp",
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "windows-949"), "cp949"),
    **dict.fromkeys(("utf-16", "utf-16le"), "utf-16-le"),
    "utf-16be": "utf-16-be",
}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
#: How far browsers look for a declaration inside the page (HTML standard, 13.2.3.2).
_PRESCAN_BYTES = 1_024


def decode_page(body: bytes, content_type: str) -> str:
    """The text of a page: by byte order mark, else header, else `<meta>`, else UTF-8 or cp1252.

    The order is the HTML standard's (13.2.3.1). Bytes that do not fit become U+FFFD.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    start = body[:_PRESCAN_BYTES].decode("latin-1")
    codec = _declared_codec(content_type) or _meta_codec(start) or _guessed_codec(body)
    return body.decode(codec, "replace")


def _declared_codec(text: str) -> str | None:
    found = _DECLARED.search(text)
    return _CODECS.get(found[1].lower()) if found else None


def _meta_codec(start: str) -> str | None:
    """The codec a `<meta>` names. It was read as ASCII, so it cannot be UTF-16 (HTML standard)."""
    at = start.lower().find("<meta")
    codec = _declared_codec(start[at:]) if at >= 0 else None
    return "utf-8" if codec and codec.startswith("utf-16") else codec


def _guessed_codec(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
