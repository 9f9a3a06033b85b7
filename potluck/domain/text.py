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


def is_fit(text: str) -> bool:
    """Whether `text` is free of NUL, lone surrogates and control characters but LF and TAB."""
    return _UNFIT.search(text) is None


def is_blank(text: str) -> bool:
    """Whether nothing is left of `text` once white space is trimmed."""
    return not text or text.isspace()


def clean(text: str) -> str:
    """`text` trimmed at both ends and in Unicode normal form C.

    Raises ValueError when `is_fit` does not hold.
    """
    if not is_fit(text):
        raise ValueError("the text holds a control character or is no valid Unicode")
    return unicodedata.normalize("NFC", text.strip())


def fold(text: str) -> str:
    """A key under which two spellings of a name are the same; at most three times as long.

    Letter case, accents and runs of white space make no difference.
    """
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))
    return " ".join(bare.split())
