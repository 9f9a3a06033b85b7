"""Passwords that whoever knows the account, or the service, would try first.

NIST SP 800-63B-4 (3.1.1.2) has new passwords compared with the name of the service, the user name
and what derives from them. The whole password is: that a long one holds a name is no reason.
"""

from collections.abc import Iterable

from potluck.domain.text import fold

PRODUCT = "Potluck"
#: Shorter parts of a name are syllables of every other word.
SHORTEST_PART = 3
#: They stand within a word as often as between two: O'Brien, Ada's.
_APOSTROPHES = {ord(sign): None for sign in "'\u2019"}


def is_made_of_names(password: str, names: Iterable[str]) -> bool:
    """Whether `password` is words of `names` and of the product's name, and nothing else but
    digits, signs and blanks.

    Letter case and accents make no difference, and the words may come again and again, with or
    without something between them or between their letters. A name counts as a whole; so do the
    parts of it that blanks or signs set apart, from three letters on. A password without a letter
    holds no name.
    """
    letters = _letters(password)
    return bool(letters) and _is_chain(letters, _words([PRODUCT, *names]))


def _words(names: Iterable[str]) -> set[str]:
    words = set()
    for name in names:
        folded = fold(name)
        joined = folded.translate(_APOSTROPHES)
        parts = {_letters(part) for part in folded.split() + _apart(folded) + _apart(joined)}
        words |= {part for part in parts if len(part) >= SHORTEST_PART} | {_letters(name)}
    return words - {""}


def _apart(text: str) -> list[str]:
    return "".join(sign if sign.isalpha() else " " for sign in text).split()


def _letters(text: str) -> str:
    return "".join(sign for sign in fold(text) if sign.isalpha())


def _is_chain(letters: str, words: set[str]) -> bool:
    """Whether `letters` is words put one after the other; in time that grows with both alone."""
    ends = [True] + [False] * len(letters)
    for start, is_end in enumerate(ends):
        if is_end:
            for word in words:
                if letters.startswith(word, start):
                    ends[start + len(word)] = True
    return ends[-1]
