"""What every piece of text that people send must be, and how names are compared."""

import re
import unicodedata

# Lone surrogates are no Unicode text (RFC 8259, 8.2); NUL cannot be stored in PostgreSQL; the other
# control characters (general category Cc) are invisible. Line feed and tab are what people type.
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

# The blocks of combining marks that go with letters of any script (Unicode 16, "Combining
# Diacritical Marks" and its extensions). Marks that belong to one script stay: without them
# Japanese "ga" would equal "ka" and Hindi would lose its vowels.
_ACCENTS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


# UAX 15, section 13 ("Stream-Safe Text Format"): no writing system piles up more marks. Putting
# them in order takes time that grows with the square of their number: 8,000 on one letter took
# 0.1 s here, and a body has room for half a million.
_MAX_MARKS = 30
# No character below U+0300 is a mark, so only a long stretch above it is worth a closer look.
_MAY_PILE_UP = re.compile(rf"[^\x00-\u02ff]{{{_MAX_MARKS + 1}}}")


def is_fit(text: str) -> bool:
    """Whether `text` may be kept: Unicode text without control characters but LF and TAB.

    NUL, lone surrogates and more than 30 combining marks in a row are not fit either.
    """
    return _UNFIT.search(text) is None and not _has_pile_of_marks(text)


def _has_pile_of_marks(text: str) -> bool:
    if _MAY_PILE_UP.search(text) is None:
        return False
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MAX_MARKS:
            return True
    return False


def is_blank(text: str) -> bool:
    """Whether nothing is left of `text` once white space is trimmed."""
    return not text or text.isspace()


def clean(text: str) -> str:
    """`text` trimmed at both ends and in Unicode normal form C.

    Raises ValueError when `is_fit` does not hold.
    """
    if not is_fit(text):
        raise ValueError("the text holds a control character or is no sound Unicode")
    return unicodedata.normalize("NFC", text.strip())


def fold(text: str) -> str:
    """A key under which two spellings of a name are the same; at most three times as long.

    Letter case, accents, soft hyphens and runs of white space make no difference.
    """
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed)).replace("\u00ad", "")
    return " ".join(bare.split())
