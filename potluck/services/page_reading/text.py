"""Plain text out of what pages call text: entities, markup, odd blanks."""

import html
import re
import unicodedata

import nh3

#: Pages encode entities twice and sometimes three times over ("&amp;amp;").
_ENTITY_ROUNDS = 3
#: "<" before a letter is text as long as no ">" follows it.
_MARKUP = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_MARKUP_ROUNDS = 5
#: Tags after which a reader sees a new line.
_BREAK = re.compile(
    r"<(?:br|/p|p|/div|div|/li|li|/ul|ul|/ol|ol|/tr|tr|/h[1-6]|h[1-6]|hr)\b[^<>]*>", re.IGNORECASE
)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200e\u200f\u2060\ufeff\ufffe\uffff"))
#: Control characters (Cc) and lone surrogates (Cs): neither may be stored.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_MOST_MARKS = 30
_MAY_PILE_UP = re.compile(rf"[^\x00-\u02ff]{{{_MOST_MARKS + 1}}}")
_BLANKS = re.compile(r"[^\S\n]+")


def unescape(text: str) -> str:
    """`text` with its HTML entities decoded, however often they were encoded (at most thrice)."""
    for _ in range(_ENTITY_ROUNDS):
        if "&" not in text:
            break
        text = html.unescape(text)
    return text


def strip_markup(text: str) -> str:
    """`text` without tags, comments, scripts and styles; block tags become line ends."""
    for _ in range(_MARKUP_ROUNDS):
        if not _MARKUP.search(text):
            break
        text = html.unescape(nh3.clean(_BREAK.sub("\n", text), tags=set()))
    return text


def plain(text: str) -> str:
    """Lines of plain text, NFC, without control characters, blanks folded, no empty line."""
    return fold(strip_markup(unescape(text)))


def fold(text: str) -> str:
    """Lines with single blanks between words, no empty line; for text that holds no markup."""
    text = unicodedata.normalize("NFC", thin_marks(text.translate(_INVISIBLE)))
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    lines = (_BLANKS.sub(" ", line).strip() for line in _CONTROLS.sub(" ", text).split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """`plain` with its lines joined by blanks."""
    return plain(text).replace("\n", " ")


def thin_marks(text: str) -> str:
    """`text` with at most 30 combining marks in a row, which no writing system exceeds.

    UAX 15, section 13; putting marks in order takes time that grows with the square of their
    number.
    """
    if _MAY_PILE_UP.search(text) is None:
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def match_key(text: str) -> str:
    """Letters and digits alone, compatibility forms and case folded: equal for equal words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())
