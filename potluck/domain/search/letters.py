"""Text cut into folded words, and words written so that every full text engine keeps them.

A token is one of

- a number: digits, `500`
- a word: letters of `a-z`, and for each other letter `0` with four letters, `0aaab`; no digits else
- a mark of ours: it begins with `1` or `2` and a letter, which nobody can type: letters and digits
  that stand together are two words

So a token is plain ASCII without a capital, which FTS5 (`unicode61`, `ascii`) and PostgreSQL
(`simple`, in any locale) keep whole and unchanged: their own ideas of what a letter is depend on
their version, their locale and the script.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

#: In characters, not in those of the token. Longer words are cut, in the index as in a query.
LONGEST_WORD = 40
#: In characters: what stands together without blank or comma. Japanese clauses do.
LONGEST_COMPOUND = 500
#: The longest token: each letter may take five characters.
LONGEST_TOKEN = 5 * LONGEST_WORD + 3

_FRACTION = re.compile("[\u00bc-\u00be\u2150-\u215e\u2189]")
# Soft hyphens, joiners and the Arabic stretching mark say nothing about the word they stand in.
_UNSEEN = re.compile("[\u00ad\u034f\u0640\u200c\u200d\u2060\ufe00-\ufe0f\ufeff]")
_PLAIN = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u02bb\u2032\uff07`\u00b4", "'")) | (
    str.maketrans(dict.fromkeys("\u2010\u2011\ufe63\uff0d", "-"))
)
# `\w` leaves out the vowels and signs of the scripts that write them as marks.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u0eb1-\u0ecd\u102b-\u103e\u17b4-\u17d3\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u3099-\u309a\ufe20-\ufe2f"
)
_LETTER = rf"(?:[^\W_]|[{_MARKS}])"
_COMPOUND = re.compile(rf"{_LETTER}+(?:[-']{_LETTER}+)*")
# Thai, Lao, Burmese, Khmer, kana and Han are written without blanks: each character is a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
)
_SIGN = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"(?P<number>\d+)|(?P<sign>[{_UNSPACED}])|[^\d{_UNSPACED}'-]+|(?P<joiner>['-])")
# The accents of Latin, Greek and Cyrillic, the points of Hebrew, the vowels of Arabic.
_ACCENT = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_ALIKE = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h"}
    | {"\u0131": "i", "ŋ": "n", "ŧ": "t"}
    | {chr(katakana): chr(katakana - 0x60) for katakana in range(0x30A1, 0x30F7)}
)
# What the letters of Latin-1 and Latin Extended-A fold to, at once: they are the most by far.
_LATIN = {
    letter: folded
    for letter in range(0xDF, 0x180)
    if (folded := unicodedata.normalize("NFD", chr(letter))[0].translate(_ALIKE)).isascii()
}
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_WITH_OTHER_SPELLING = frozenset("äöüåø")
_ENCODED = re.compile("0([a-z]{4})")
_BASE = 26
# What goes before an apostrophe in French, Italian and Catalan and is no part of the word.
_ELIDED = frozenset(
    {"l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quelqu"}
    | {"un", "dell", "nell", "sull", "all", "dall", "coll", "gl", "quest", "quell", "bell"}
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as it is spelled in lower case, and folded, both cut to `LONGEST_WORD`."""

    spelled: str
    folded: str

    @property
    def token(self) -> str:
        """The word as engines see it."""
        return encoded(self.folded)

    @property
    def has_letters(self) -> bool:
        """Neither a number nor a lone character of a script without blanks."""
        if self.folded.isascii():
            return self.folded.isalpha()
        return _SIGN.fullmatch(self.folded) is None

    @property
    def written_out(self) -> str | None:
        """`aepfel` of `Äpfel`: folded, when there is such a spelling."""
        if _WITH_OTHER_SPELLING.isdisjoint(self.spelled):
            return None
        spelling = fold(self.spelled.translate(_WRITTEN_OUT))
        return spelling if spelling != self.folded else None


@dataclass(frozen=True, slots=True)
class Compound:
    """What stands together: `stir-fry`, `l'oignon`, `500g`, `味噌`, and of course `cake`."""

    words: tuple[Word, ...]
    #: `-`, `'` or nothing, between each two words.
    joiners: tuple[str, ...]

    @property
    def named(self) -> "Compound":
        """Without the article that melted into it: `oignon` of `l'oignon`."""
        if self.joiners and self.joiners[0] == "'" and self.words[0].folded in _ELIDED:
            return Compound(self.words[1:], self.joiners[1:])
        return self

    @property
    def joined(self) -> Word | None:
        """`stirfry` of `stir-fry`, `jacks` of `jack's`; None when nothing joins its words."""
        words = self.named.words
        if len(words) == 1 or not all(self.named.joiners):
            return None
        if not all(word.has_letters for word in words):
            return None
        return joined(*words)


def joined(*words: Word) -> Word:
    """The words in one."""
    return Word(
        "".join(word.spelled for word in words)[:LONGEST_WORD],
        "".join(word.folded for word in words)[:LONGEST_WORD],
    )


def standing_together(text: str) -> Iterator[str]:
    """What `compound` takes, in the order of `text`; never raises."""
    return (match[0][:LONGEST_COMPOUND] for match in _COMPOUND.finditer(lowered(text)))


def compounds(text: str) -> Iterator[Compound]:
    """What stands together in `text`, in its order; none without words. Never raises."""
    found = map(compound, standing_together(text))
    return (one for one in found if one.words)


def lowered(text: str) -> str:
    """Without capitals, in compatibility form (NFKC), `½` as ` 1/2 `, joiners as `-` and `'`."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = _FRACTION.sub(lambda match: f" {unicodedata.normalize('NFKC', match[0])} ", text)
    text = unicodedata.normalize("NFKC", text.translate(_PLAIN))
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text.casefold()))


def compound(text: str) -> Compound:
    """The words of one string of `standing_together`; there may be none."""
    if text.isascii() and text.isalpha():
        return Compound((Word(text[:LONGEST_WORD], text[:LONGEST_WORD]),), ())
    words: list[Word] = []
    joiners: list[str] = []
    joiner = ""
    for match in _WORD.finditer(text):
        if match["joiner"]:
            joiner = match[0]
            continue
        word = _number(match[0]) if match["number"] else _spelled(match[0])
        if word.folded:
            joiners.append(joiner)
            words.append(word)
        joiner = ""
    return Compound(tuple(words), tuple(joiners[1:]))


def _spelled(letters: str) -> Word:
    return Word(letters[:LONGEST_WORD], fold(letters))


def _number(digits: str) -> Word:
    plain = "".join(str(unicodedata.decimal(digit)) for digit in digits[:LONGEST_WORD])
    return Word(plain, plain)


def fold(word: str) -> str:
    """`word` without accents, ligatures and letters that many keyboards lack, cut to its bound."""
    word = word.translate(_LATIN)
    if not word.isascii():
        bare = _ACCENT.sub("", unicodedata.normalize("NFD", word))
        word = unicodedata.normalize("NFC", bare).translate(_ALIKE)
    return word[:LONGEST_WORD]


def encoded(folded: str) -> str:
    """A folded word as a token."""
    return folded if folded.isascii() else "".join(map(_code, folded))


def decoded(token: str) -> str:
    """The folded word that `encoded` made `token` of."""
    return token if "0" not in token else _ENCODED.sub(lambda match: _letter(match[1]), token)


@lru_cache(maxsize=4096)
def _code(letter: str) -> str:
    if letter.isascii():
        return letter
    rest, digits = ord(letter), ""
    for _ in range(4):
        rest, digit = divmod(rest, _BASE)
        digits = chr(ord("a") + digit) + digits
    return f"0{digits}"


def _letter(code: str) -> str:
    number = 0
    for digit in code:
        number = number * _BASE + ord(digit) - ord("a")
    return chr(number)
