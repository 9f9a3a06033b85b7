"""Which languages a search takes into account, and when a process learns of a new one."""

import asyncio
from datetime import timedelta

import pytest

from potluck.crud import crud_recipe_words
from potluck.domain.search import readers
from potluck.resources import Resources
from potluck.services.spoken_languages import KEEP_S, SpokenLanguages
from tests.doubles import FakeClock


@pytest.fixture
def languages(clock: FakeClock) -> SpokenLanguages:
    return SpokenLanguages(asyncio.Event(), clock)


async def current(resources: Resources, languages: SpokenLanguages) -> tuple[str, ...]:
    async with resources.database.reading() as session:
        return await languages.current(session)


async def speak(resources: Resources, language: str) -> None:
    """As another process does: nothing tells this one."""
    word = readers.language_word(language)
    assert word is not None
    async with resources.database.transaction() as session:
        await crud_recipe_words.recipe_words.add_variants(session, [(readers.LANGUAGES, word)])


class TestCurrent:
    async def test_is_nothing_at_first(
        self, resources: Resources, languages: SpokenLanguages
    ) -> None:
        assert await current(resources, languages) == ()

    async def test_is_kept_for_a_minute(
        self, resources: Resources, languages: SpokenLanguages, clock: FakeClock
    ) -> None:
        await current(resources, languages)
        await speak(resources, "it")
        clock.advance(timedelta(seconds=KEEP_S - 1))
        assert await current(resources, languages) == ()

    async def test_is_read_again_after_it(
        self, resources: Resources, languages: SpokenLanguages, clock: FakeClock
    ) -> None:
        await current(resources, languages)
        await speak(resources, "it")
        await speak(resources, "de-AT")
        clock.advance(timedelta(seconds=KEEP_S))
        assert await current(resources, languages) == ("de", "it")
