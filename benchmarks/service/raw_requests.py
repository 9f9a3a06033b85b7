"""The scenarios as the raw limit is asked for them: the same keys, and no words to be understood.

What the product makes of a query is made of it here, so that the raw limit asks the engine's index
the same.
"""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, urlencode
from uuid import UUID

from benchmarks.service import load
from potluck.crud.search_syntax import match_texts
from potluck.domain.search import letters, query, readers, typos

#: Recipes that the raw limit makes for itself, and updates one after the other.
COPIES = 500
LANGUAGES = ("en",)


def copy_id(number: int) -> UUID:
    """The id of one of the `COPIES`."""
    return UUID(int=number + 1)


def endless(name: str, keys: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    """Requests of a scenario, with one key after the other and from the start again."""
    path = f"/{quote(name)}"
    return itertools.cycle([load.request("GET", f"{path}?{urlencode(key)}") for key in keys])


def recipes(ids: Iterable[UUID]) -> list[dict[str, str]]:
    """Keys of recipes."""
    return [{"id": id.hex} for id in ids]


def updates() -> list[dict[str, str]]:
    """Keys of the copies, and a new title for each."""
    numbers = range(COPIES)
    return [{"id": copy_id(each).hex, "title": f"Soup of day {each}"} for each in numbers]


def account(email: str, password: str) -> dict[str, str]:
    """Who signs in; the address as it is compared."""
    return {"email": email, "password": password}


def searches(household_id: UUID, words: Iterable[str]) -> list[dict[str, str]]:
    """What to ask either engine for the words."""
    return [_asked(household_id, each) for each in words]


def corrected(household_id: UUID, slips: Mapping[str, str]) -> list[dict[str, str]]:
    """The same for mistyped words, what a word that was meant shares with each, and that word."""
    return [
        _asked(household_id, typed)
        | {f"meant_{name}": text for name, text in _asked(household_id, meant).items()}
        | {"variants": json.dumps(sorted(map(letters.encoded, typos.deletions(typed))))}
        for typed, meant in slips.items()
    ]


def _asked(household_id: UUID, text: str) -> dict[str, str]:
    tokens = readers.of_caller([household_id], is_stranger=False)
    texts = match_texts(query.parse(text, LANGUAGES), tokens)
    return {"fts5": texts.fts5, "tsquery": texts.tsquery}
