"""Who may find a recipe, as tokens that stand beside its words.

They narrow a search down to what the caller might read, so that the recipes of other households
cost nothing; they never leave out what the caller may read, and may let in what they may not: the
rights themselves are asked afterwards. The tokens begin with `2`, so nobody can type one
(`potluck.domain.search.letters`).
"""

from collections.abc import Iterable
from uuid import UUID

from potluck.domain.search import stems

PUBLIC = "2public"
INSTANCE = "2instance"
#: The variant of the words that stand for languages.
LANGUAGES = "2languages"

_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def household(id: UUID) -> str:
    """The token of a household's members. All letters, as no engine cuts those."""
    return f"2h{id.hex.translate(_LETTERS)}"


def of_recipe(household_id: UUID, visibility: str, status: str) -> str:
    """The tokens of a recipe outside the trash, with a blank at both ends."""
    shared = {"public": PUBLIC, "instance": INSTANCE}.get(visibility)
    tokens = [household(household_id)]
    if shared is not None and status == "published":
        tokens.append(shared)
    return f" {' '.join(tokens)} "


def of_caller(household_ids: Iterable[UUID], *, is_stranger: bool) -> tuple[str, ...]:
    """The tokens of which a recipe has one, if the caller may read it."""
    mine = tuple(map(household, sorted(household_ids)))
    return (*mine, PUBLIC) if is_stranger else (*mine, PUBLIC, INSTANCE)


def language_word(tag: str) -> str | None:
    """What stands in the vocabulary for a language (BCP 47) that recipes are written in."""
    language = stems.language_of(tag)
    return None if language is None else f"2{language}"


def language_of(word: str) -> str:
    """The language (ISO 639-1) that `language_word` gave the word for."""
    return word[1:]
