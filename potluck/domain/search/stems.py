"""Singular and plural as one: the stem of a word in a language, as a token nobody can type.

Snowball's stemmers (https://snowballstem.org) know the rules of a language; what they miss in a
kitchen stands in `kitchen_plurals`. A stem counts in its own language only: "paste" and "pasta"
are both `past` somewhere, but no English reader of pasta asked for tomato paste.
"""

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from threading import Lock

import Stemmer

from potluck.domain.search.kitchen_plurals import ENDINGS, STEMS
from potluck.domain.search.letters import Word, encoded, fold

_LATIN = {
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "sv": "swedish",
    "tr": "turkish",
}
_OTHER = {
    "ar": "arabic",
    "el": "greek",
    "fa": "persian",
    "hi": "hindi",
    "hy": "armenian",
    "ne": "nepali",
    "ru": "russian",
    "sr": "serbian",
    "ta": "tamil",
    "yi": "yiddish",
}
_ALGORITHMS = _LATIN | _OTHER
_SAME = {"nb": "no", "nn": "no"}

#: The languages whose plurals we know, as ISO 639-1 codes.
LANGUAGES = tuple(sorted(_ALGORITHMS))

_SHORTEST_REST = 2
_END_OF_LATIN = "\u0250"
# A stemmer keeps state while it works and must not be shared between threads; search runs in some.
_LOCK = Lock()


def language_of(tag: str) -> str | None:
    """The one of `LANGUAGES` that a BCP 47 tag means (`de-AT` is `de`), or None."""
    subtag = tag.partition("-")[0].lower()
    language = _SAME.get(subtag, subtag)
    return language if language in _ALGORITHMS else None


def stems(word: Word, language: str) -> tuple[str, ...]:
    """The folded stems of `word` in one of `LANGUAGES`; none when its script is another.

    Two when accents matter to the language: those who type leave them out.
    """
    if not word.has_letters or (word.folded < _END_OF_LATIN) != (language in _LATIN):
        return ()
    return _stems(word.spelled, word.folded, language)


@lru_cache(maxsize=8_192)
def _stems(spelled: str, folded: str, language: str) -> tuple[str, ...]:
    own = STEMS.get(language, {}).get(folded)
    if own is not None:
        return (own,)
    found = [_stem(form, language) for form in dict.fromkeys((folded, spelled))]
    return tuple(dict.fromkeys(stem for stem in found if stem))


def _stem(form: str, language: str) -> str:
    with _LOCK:
        stem = fold(_stemmer(language)(form))
    for ending, instead in ENDINGS.get(language, {}).items():
        bare = stem.removesuffix(ending)
        if bare != stem and len(bare) >= _SHORTEST_REST:
            stem = bare + instead
    return stem


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    stem: Callable[[str], str] = Stemmer.Stemmer(_ALGORITHMS[language], 0).stemWord
    return stem


def marked(stem: str, language: str) -> str:
    """The token of a stem: `1entomato`."""
    return f"1{language}{encoded(stem)}"


def tokens(word: Word, languages: Iterable[str]) -> tuple[str, ...]:
    """The marked stems of `word` in each of the languages."""
    return tuple(marked(stem, language) for language in languages for stem in stems(word, language))
