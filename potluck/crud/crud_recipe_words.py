"""The search index, written: the words of recipes, and the words that somebody may have meant."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.crud.crud_recipe import TAGS
from potluck.crud.dialect import insert_into, is_postgresql
from potluck.db.bells import Bell, ring_after_commit
from potluck.models import IndexRequest, Recipe, RecipeTag, RecipeWords, SearchVariant, Tag

#: Words asked for in one statement: each takes a parameter, and old SQLite takes 32,766.
_ASKED = 5_000
_CHANGING = ("title", "labels", "lines", "steps", "readers")


@dataclass(frozen=True, slots=True)
class Words:
    """A row of the index: the texts of `potluck.domain.search.words.IndexedText`, and readers."""

    recipe_id: UUID
    title: str
    labels: str
    lines: str
    steps: str
    readers: str


class CRUDRecipeWords:
    """Every row here follows from a recipe, which whoever writes it holds.

    First the rows of recipes, then the vocabulary: so no two wait for one another.
    """

    async def put(self, session: AsyncSession, rows: Sequence[Words]) -> None:
        """What these recipes are found by from now on; what stays as it was is not touched."""
        statement = insert_into(session, RecipeWords)
        changes = {name: statement.excluded[name] for name in _CHANGING}
        differs = [getattr(RecipeWords, name) != value for name, value in changes.items()]
        statement = statement.on_conflict_do_update(
            index_elements=["recipe_id"], set_=changes, where=or_(*differs)
        )
        await session.execute(statement, list(map(asdict, rows)))

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
        rows = sorted(set(pairs))
        if not rows:
            return
        statement = insert_into(session, SearchVariant)
        if not is_postgresql(session):
            each = [{"variant": variant, "word": word} for variant, word in rows]
            await session.execute(statement.on_conflict_do_nothing(), each)
            return
        # In one statement: 3,000 rows one by one kept others who learn the same waiting for 0.2 s.
        variants, words = ([*column] for column in zip(*rows, strict=True))
        texts = ARRAY(String)
        columns = ("variant", "word")
        given = func.unnest(cast(variants, texts), cast(words, texts)).table_valued(*columns)
        chosen = statement.from_select(columns, select(given.render_derived()))
        await session.execute(chosen.on_conflict_do_nothing())

    async def documents(self, session: AsyncSession, ids: Collection[UUID]) -> list[Any]:
        """What indexing needs of recipes that the caller has locked, oldest first."""
        statement = select(
            Recipe.id,
            Recipe.household_id,
            Recipe.visibility,
            Recipe.status,
            Recipe.deleted_at,
            Recipe.document,
            TAGS,
        )
        wanted = statement.where(Recipe.id.in_(ids)).order_by(Recipe.id)
        return list((await session.execute(wanted)).all())

    async def carriers(self, session: AsyncSession, tag: Tag) -> list[UUID]:
        """The recipes that carry a tag, newest first."""
        statement = select(RecipeTag.recipe_id).where(RecipeTag.tag_id == tag.id)
        return list(await session.scalars(statement.order_by(RecipeTag.recipe_id.desc())))

    async def request(self, session: AsyncSession, ids: Collection[UUID]) -> None:
        """Have these recipes indexed soon after this unit of work."""
        if ids:
            statement = insert_into(session, IndexRequest).on_conflict_do_nothing()
            await session.execute(statement, [{"recipe_id": id} for id in sorted(ids)])
            ring_after_commit(session, Bell.SEARCH_INDEX)

    async def request_all(self, session: AsyncSession) -> None:
        """Have every recipe indexed anew, and forget the vocabulary, which comes back with them."""
        await session.execute(delete(SearchVariant))
        # "WHERE true": without it SQLite takes ON CONFLICT for the condition of a join.
        everything = select(Recipe.id).where(Recipe.id.is_not(None)).order_by(Recipe.id)
        statement = insert_into(session, IndexRequest).from_select(["recipe_id"], everything)
        await session.execute(statement.on_conflict_do_nothing())
        ring_after_commit(session, Bell.SEARCH_INDEX)

    async def requested(self, session: AsyncSession) -> int:
        """How many recipes wait to be indexed."""
        return await session.scalar(select(func.count()).select_from(IndexRequest)) or 0

    async def take_requests(self, session: AsyncSession, *, limit: int) -> list[UUID]:
        """Recipes that wait to be indexed, oldest first, locked and their requests gone.

        Processes that ask at the same time pass over what another one is taking.
        """
        waiting = select(IndexRequest.recipe_id).order_by(IndexRequest.recipe_id).limit(limit)
        ids = list(await session.scalars(waiting.with_for_update(skip_locked=True)))
        locked = select(Recipe.id).where(Recipe.id.in_(ids)).order_by(Recipe.id)
        await session.execute(locked.with_for_update(key_share=True))
        await session.execute(delete(IndexRequest).where(IndexRequest.recipe_id.in_(ids)))
        return ids


recipe_words = CRUDRecipeWords()
