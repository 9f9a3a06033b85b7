"""Search: the best recipes for what somebody types, a slip of the finger forgiven."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.crud import recipe_search
from potluck.crud.recipe_search import Slip
from potluck.domain.search import letters, query, typos


@dataclass(frozen=True)
class Found:
    """Rows with the columns of `crud.crud_recipe.SUMMARY`, best first.

    `corrected` is what was searched for, where that is not what was typed.
    """

    rows: list[Any]
    corrected: str | None = None


async def find(
    session: AsyncSession,
    actor: Actor,
    keyword: str,
    *,
    languages: Sequence[str],
    limit: int,
    where: Sequence[ColumnElement[bool]] = (),
) -> Found:
    """The best `limit` recipes that the actor sees and that hold the words of `keyword`.

    Archived ones are left out; `languages` are those whose plurals count (ISO 639-1), `where`
    further conditions of `Recipe`. When nothing is found, one word may be another that lies one
    slip away. Takes one statement, or up to three when nothing is found. Never raises for what was
    typed.
    """
    if not query.parse(keyword, ()).wanted:
        return Found([])

    async def best(text: str) -> list[Any]:
        asked = query.parse(text, languages)
        return await recipe_search.best(session, actor, asked, where=where, limit=limit)

    rows = await best(keyword)
    if rows:
        return Found(rows)
    meant = await _meant(session, actor, keyword, languages, where)
    rows = [] if meant is None else await best(meant)
    return Found(rows, meant if rows else None)


async def _meant(
    session: AsyncSession,
    actor: Actor,
    keyword: str,
    languages: Sequence[str],
    where: Sequence[ColumnElement[bool]],
) -> str | None:
    """`keyword` with its likeliest correction that finds something; None when there is none.

    A word that finds something by itself is taken as meant.
    """
    typed = [word for word in query.correctable(keyword) if typos.deletions(word)]
    if not typed:
        return None
    slips = [_slip(keyword, word, languages) for word in typed]
    pairs = await recipe_search.likely(session, actor, slips, where=where)
    found = {(word, letters.decoded(token)) for word, token in pairs}
    for correction in typos.corrections(typed, {word for _, word in found}):
        if (correction.typed, correction.word) in found:
            return query.corrected(keyword, correction.typed, correction.word)
    return None


def _slip(keyword: str, word: str, languages: Sequence[str]) -> Slip:
    variants = sorted(letters.encoded(variant) for variant in typos.deletions(word))
    term = query.parse(word, languages).wanted[0]
    rest = query.parse(query.corrected(keyword, word, ""), languages)
    return Slip(word, term, variants, rest)
