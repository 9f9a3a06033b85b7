"""Search, read: which recipes the words of a query are in, and what they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    cast,
    column,
    exists,
    literal,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from potluck import crud
from potluck.core.actor import Actor
from potluck.crud.crud_recipe import SUMMARIES
from potluck.crud.dialect import is_postgresql
from potluck.crud.search_syntax import MatchTexts, match_texts
from potluck.db.full_text import holds_any, index_matches
from potluck.db.sqlite_loop import IN_THREAD
from potluck.domain.search import readers
from potluck.domain.search.query import Alternative, SearchQuery, Term
from potluck.domain.search.ranking import FIELDS, LOOSE, WHOLE
from potluck.models import Recipe, RecipeWords, SearchVariant

#: Ranking looks at the words of each hit, so its cost grows with their number: of more hits the
#: newest are ranked. Nobody reads on to the five hundredth.
RANKED_HITS = 500
#: Words that may have been meant and are looked for; more share a variant with short words alone.
MOST_CANDIDATES = 60

_FTS = table("recipe_fts", column("rowid"))
_PLACE = "2place"
#: By key and not by join: who has few recipes pays for few.
_CREATED_AT = (
    select(Recipe.created_at)
    .where(Recipe.id == RecipeWords.recipe_id)
    .correlate(RecipeWords)
    .scalar_subquery()
    .label("created_at")
)
_NUMBERS = [literal_column(str(number), Integer) for number in range(10)]


@dataclass(frozen=True)
class Slip:
    """A word that may be mistyped: how it is looked for, and the rest of the query.

    `variants` are what it may have in common with the word that was meant, as tokens.
    """

    typed: str
    term: Term
    variants: Sequence[str]
    rest: SearchQuery


async def languages(session: AsyncSession) -> tuple[str, ...]:
    """The languages that recipes of this instance are written in (ISO 639-1), in one statement."""
    statement = select(SearchVariant.word).where(SearchVariant.variant == readers.LANGUAGES)
    return tuple(sorted(map(readers.language_of, await session.scalars(statement))))


async def best(
    session: AsyncSession,
    actor: Actor,
    query: SearchQuery,
    *,
    where: Sequence[ColumnElement[bool]] = (),
    limit: int,
) -> list[Any]:
    """The best hits among the recipes that the actor sees, with the columns of `SUMMARY`.

    One statement. The newest `RANKED_HITS` are chosen after the rights were asked: what others
    keep to themselves takes no place.
    """
    texts = match_texts(query, _readers(actor))
    source, place = _source(session)
    newest = (
        select(RecipeWords.id, RecipeWords.recipe_id, _CREATED_AT)
        .select_from(source)
        .where(_matches(session, texts), _seen(actor, where))
        .order_by(place.desc())
        .limit(RANKED_HITS)
        .subquery("newest")
    )
    # Joined again, so that no words are carried along while the hits are put in order.
    words = aliased(RecipeWords)
    points = sum((_points(words, term) for term in query.wanted), _NUMBERS[0])
    ranked = (
        select(newest.c.recipe_id, points.label("points"))
        .join(words, words.id == newest.c.id)
        .order_by(points.desc(), newest.c.created_at.desc(), newest.c.recipe_id.desc())
        .limit(limit)
        .subquery("ranked")
    )
    order = (ranked.c.points.desc(), Recipe.created_at.desc(), Recipe.id.desc())
    statement = SUMMARIES.join(ranked, ranked.c.recipe_id == Recipe.id).order_by(*order)
    return list((await session.execute(statement, execution_options={IN_THREAD: True})).all())


async def likely(
    session: AsyncSession,
    actor: Actor,
    slips: Sequence[Slip],
    *,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[tuple[str, str]]:
    """Words that find something in the place of a typed one that finds nothing by itself.

    Gives pairs of what was typed and what may have been meant, a token. The actor can read each of
    these words somewhere. One statement, whatever others have written.
    """
    candidates = union_all(*(_candidates(session, actor, slip) for slip in slips))
    meant = candidates.subquery("meant")
    source, _ = _source(session)

    def is_seen(before: Any, after: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        text = before.concat(meant.c.word).concat(after)
        seen = _seen(actor, conditions)
        return exists().select_from(source).where(_matching(session, text), seen)

    statement = select(meant.c.typed, meant.c.word).where(
        is_seen(meant.c.before_word, meant.c.after_word),
        is_seen(meant.c.before, meant.c.after, *where),
    )
    found = await session.execute(statement, execution_options={IN_THREAD: True})
    return [(row[0], row[1]) for row in found]


def found_by(query: SearchQuery) -> ColumnElement[bool]:
    """The condition of a list of recipes, in any order: the recipe matches."""
    texts = match_texts(query)
    hits = select(RecipeWords.recipe_id).where(
        index_matches(literal(texts.fts5), literal(texts.tsquery))
    )
    return Recipe.id.in_(hits)


def _seen(actor: Actor, where: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The actor sees the recipe of a hit, and it is as `where` says.

    Asked for one hit after the other, which is what OFFSET is for: PostgreSQL takes the condition
    for dearer than it is and would rather read all recipes.
    """
    return (
        select(literal_column("1"))
        .where(
            Recipe.id == RecipeWords.recipe_id,
            crud.recipe.visible(actor),
            Recipe.status != "archived",
            *where,
        )
        .offset(literal_column("0"))
        .correlate(RecipeWords)
        .exists()
    )


def _source(session: AsyncSession) -> tuple[FromClause[Any], SQLColumnExpression[int]]:
    """The rows of the index, and what orders them by age.

    FTS5 gives its hits in the order of its own `rowid`, the newest first and no more than wanted.
    """
    rows: FromClause[Any] = RecipeWords.__table__
    if is_postgresql(session):
        return rows, RecipeWords.id
    return rows.join(_FTS, _FTS.c.rowid == RecipeWords.id), _FTS.c.rowid


def _matches(session: AsyncSession, texts: MatchTexts) -> ColumnElement[bool]:
    if not is_postgresql(session):
        return _matching(session, literal(texts.fts5))
    # Written into the statement: the planner reads the words' frequencies, also when psycopg has
    # seen the statement often enough to prepare it once for all values.
    text = bindparam("words", texts.tsquery, String, unique=True, literal_execute=True)
    return _matching(session, text)


def _matching(session: AsyncSession, text: ColumnElement[Any]) -> ColumnElement[bool]:
    if is_postgresql(session):
        return literal_column("unpacked(recipe_words.words)").op("@@", is_comparison=True)(
            cast(text, TSQUERY)
        )
    return literal_column("recipe_fts").op("MATCH", is_comparison=True)(text)


def _readers(actor: Actor) -> tuple[str, ...]:
    """What narrows the index down; nothing when nobody asked for the actor's households."""
    if actor.households is None:
        return ()
    return readers.of_caller(actor.households, is_stranger=actor.user_id is None)


def _candidates(session: AsyncSession, actor: Actor, slip: Slip) -> Select[Any]:
    """At most `MOST_CANDIDATES` words in the place of a typed one that the actor finds nowhere.

    Beside each what to ask the engine, in two parts between which the word belongs: for the word
    itself, and for the whole query with it.
    """
    source, _ = _source(session)
    alone = match_texts(SearchQuery((slip.term,), ()), _readers(actor))
    is_known = exists().select_from(source).where(_matches(session, alone), _seen(actor, ()))
    itself = _around(session, actor, SearchQuery(((Alternative((_PLACE,)),),), ()))
    beginning = ((Alternative((_PLACE,), is_prefix=True),), *slip.rest.wanted)
    query = _around(session, actor, SearchQuery(beginning, slip.rest.unwanted))
    words = (
        select(SearchVariant.word)
        .where(SearchVariant.variant.in_(slip.variants), ~is_known)
        .distinct()
        .order_by(SearchVariant.word)
        .limit(MOST_CANDIDATES)
        .subquery()
    )
    return select(
        literal(slip.typed).label("typed"),
        words.c.word.label("word"),
        literal(itself[0]).label("before_word"),
        literal(itself[1]).label("after_word"),
        literal(query[0]).label("before"),
        literal(query[1]).label("after"),
    )


def _around(session: AsyncSession, actor: Actor, query: SearchQuery) -> tuple[str, str]:
    """What the engine is asked, before and after the place of the word."""
    texts = match_texts(query, _readers(actor))
    text = texts.tsquery if is_postgresql(session) else texts.fts5
    before, _, after = text.partition(_PLACE)
    return before, after


def _points(words: type[RecipeWords], term: Term) -> ColumnElement[int]:
    """The points of the best field that the term matches; `potluck.domain.search.ranking`.

    A hit that matches in no other field does so in the last.
    """
    whole = [literal(f" {each.text} ") for each in term if each.language is None]
    loose = [literal(f" {each.text}{'' if each.is_prefix else ' '}") for each in term]
    fields = [getattr(words, name) for name in FIELDS]
    points = [(_NUMBERS[WHOLE[name]], _NUMBERS[LOOSE[name]]) for name in FIELDS]
    in_field = [
        case((holds_any(field, *whole), most), else_=least)
        for field, (most, least) in zip(fields, points, strict=True)
    ]
    matches = (holds_any(field, *loose) for field in fields[:-1])
    return case(*zip(matches, in_field[:-1], strict=True), else_=in_field[-1])
