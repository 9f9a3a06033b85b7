"""The search index, written: the words of recipes, and the words that somebody may have meant."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.domain.search.words import IndexedText
from potluck.models import RecipeWords, SearchVariant

#: Goes up with every change of what is written for a recipe: the index is then built anew.
SEARCH_VERSION = 1
#: Words asked for in one statement: each takes a parameter, and old SQLite takes 32,766.
_ASKED = 5_000
_TEXTS = ("title", "labels", "lines", "steps", "readers")


class CRUDRecipeWords:
    """Every row here follows from a recipe, which whoever writes it holds."""

    async def put(
        self, session: AsyncSession, recipe_id: UUID, text: IndexedText, readers: str
    ) -> None:
        """What the recipe is found by from now on; a row that stays as it was is not touched."""
        new = {name: getattr(text, name) for name in _TEXTS[:-1]}
        statement = _insert(session)(RecipeWords).values(
            recipe_id=recipe_id, version=SEARCH_VERSION, readers=readers, **new
        )
        given = statement.excluded
        changes = {name: given[name] for name in (*_TEXTS, "version")}
        differs = [getattr(RecipeWords, name) != value for name, value in changes.items()]
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["recipe_id"], set_=changes, where=or_(*differs)
            )
        )

    async def set_readers(self, session: AsyncSession, recipe_id: UUID, readers: str) -> None:
        """Who finds the recipe from now on."""
        await session.execute(
            update(RecipeWords)
            .where(RecipeWords.recipe_id == recipe_id)
            .values(readers=readers)
            .execution_options(synchronize_session=False)
        )

    async def unknown(self, session: AsyncSession, words: Collection[str]) -> list[str]:
        """Those of the words (tokens) that are no vocabulary yet, sorted."""
        missing = set(words)
        asked = sorted(missing)
        for start in range(0, len(asked), _ASKED):
            statement = select(SearchVariant.word).where(
                SearchVariant.variant.in_(asked[start : start + _ASKED]),
                SearchVariant.variant == SearchVariant.word,
            )
            missing -= set(await session.scalars(statement))
        return sorted(missing)

    async def add_variants(self, session: AsyncSession, pairs: Iterable[tuple[str, str]]) -> None:
        """Learn words by their variants: (`variant`, `word`); those known already are passed over.

        All insert in one order, so that no two who learn the same words wait for one another.
        """
        rows = [{"variant": variant, "word": word} for variant, word in sorted(set(pairs))]
        if rows:
            await session.execute(_insert(session)(SearchVariant).on_conflict_do_nothing(), rows)


def _insert(session: AsyncSession) -> Any:
    """The insert of the engine: the clause about conflicts is no standard SQL."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if is_postgresql else sqlite.insert


recipe_words = CRUDRecipeWords()
