"""The readable end of an address; cosmetic, never looked up."""

import re

from slugify import slugify

#: Long enough for a title, short enough for an address bar.
MAX_LENGTH = 80
_WORDS = re.compile(r"[\w-]+")


def slug(title: str, *, nameless: str = "recipe") -> str:
    """`title` as 1 to `MAX_LENGTH` lower-case ASCII letters, digits and inner hyphens.

    A title without a letter or digit that ASCII can stand for gives `nameless`.
    """
    words = slugify(
        title,
        entities=False,
        decimal=False,
        hexadecimal=False,
        max_length=MAX_LENGTH,
        word_boundary=True,
    )
    return words or nameless


def looks_like_slug(text: str) -> bool:
    """Whether somebody may take this for a slug, in any letters; `cake.css` and `cake;x` nobody."""
    return _WORDS.fullmatch(text) is not None
