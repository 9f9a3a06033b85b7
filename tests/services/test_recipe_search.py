"""Search on each engine against the reference, which needs no database."""

import random
from datetime import timedelta
from typing import Any

import pytest

from potluck.core.actor import Actor
from potluck.domain.search.stems import language_of
from potluck.models import User
from potluck.resources import Resources
from potluck.schemas.recipe import RecipeCreate
from potluck.services import recipe_search, recipes
from tests.domain.search.reference import Found, Shelf
from tests.doubles import FakeClock
from tests.factories import Make

#: Alike enough that words, beginnings, plurals, slips and phrases of one touch the others.
WORDS = (
    "apple", "apples", "Äpfel", "aepfel", "pie", "pies", "stir-fry", "stirfry", "stir", "fry",
    "crème", "creme", "brûlée", "jack's", "l'oignon", "oignons", "tomato", "tomatoes", "500g", "½",
    "7", "味噌", "味噌汁", "борщ", "борща", "سلطة", "straße", "strasse", "salt", "slat", "malt",
    "the", "2gap", "a", "_", "%", "NEAR", "and", "x" * 45,
)  # fmt: skip
LANGUAGES = ("en", "de", "fr", "ru", "ja")
QUERIES = 60


def body(chance: random.Random, number: int) -> dict[str, Any]:
    """A recipe of random words; its title ends in its number."""

    def words(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))

    return {
        "title": f"{words(4)} no{number}",
        "summary": words(3),
        "language": chance.choice(LANGUAGES),
        "tags": [{"name": words(2)}],
        "ingredient_groups": [
            {"name": words(2), "lines": [{"original_text": words(5), "food_text": words(2)}]}
        ],
        "sections": [{"name": words(2), "steps": [{"text": words(8)}, {"text": words(8)}]}],
        "notes": [{"text": words(4)}],
        "source": {"author": words(2)},
    }


def typed(chance: random.Random) -> str:
    """Something to search for: words, cut short or mistyped, phrases, excluded words."""
    terms = []
    for _ in range(chance.randint(1, 3)):
        word = chance.choice(WORDS)
        kind = chance.randrange(6)
        if kind == 0:
            word = word[: chance.randint(1, len(word))]
        elif kind == 1:
            place = chance.randrange(len(word))
            word = word[:place] + chance.choice(["", "z", word[place] * 2]) + word[place + 1 :]
        elif kind == 2:
            word = f'"{word} {chance.choice(WORDS)}"'
        elif kind == 3:
            word = f"-{word}"
        terms.append(word)
    return " ".join(terms)


@pytest.mark.parametrize("seed", range(6))
async def test_each_engine_finds_what_the_reference_finds(
    make_user: Make[User], resources: Resources, clock: FakeClock, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    actor = Actor(user_id=(await make_user()).id)
    bodies = [body(chance, number) for number in range(15)]
    spoken = {language_of(made["language"]) for made in bodies}
    shelf = Shelf(languages=tuple(sorted(filter(None, spoken))))
    for made in bodies:
        clock.advance(timedelta(seconds=1))
        shelf.add(made)
        async with resources.database.transaction() as session:
            data = RecipeCreate.model_validate(made)
            await recipes.create(session, actor, data, now=clock.now())

    async with resources.database.reading(long=True) as session:
        for keyword in [typed(chance) for _ in range(QUERIES)]:
            languages = await resources.languages.current(session)
            found = await recipe_search.find(
                session, actor, keyword, languages=languages, limit=100
            )
            answer = Found([row.title for row in found.rows], found.corrected)
            assert answer == shelf.search(keyword), keyword
