"""What a recipe is found by: its document and the names of its tags, as the search index has it."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.crud.crud_recipe_words import Words
from potluck.db.bells import Bell, ring_after_commit
from potluck.domain import step_text
from potluck.domain.search import letters, readers, typos, words
from potluck.domain.search.words import IndexedText
from potluck.models import Recipe, Tag
from potluck.schemas.recipe import RecipeDocument

#: Goes up with every change of what is written for a recipe: all are then indexed anew.
SEARCH_VERSION = 1
#: New words that one recipe adds to those that a slip may have meant. Each takes as many rows as
#: it has letters; a page of a cookbook has a hundred words, and most are known.
MOST_NEW_WORDS = 400
#: Recipes that are indexed within one unit of work: 4 ms each, for which nobody else writes.
UNIT = 50


class Findable(Protocol):
    """What of a recipe says who finds it."""

    household_id: UUID
    visibility: str
    status: str
    deleted_at: datetime | None


async def put(
    session: AsyncSession, recipe: Recipe, document: RecipeDocument, tag_names: Iterable[str]
) -> None:
    """Index the recipe as it is now. The unit of work holds it, and nothing of the vocabulary."""
    text = text_of(document, tag_names)
    await crud.recipe_words.put(session, [_row(recipe.id, text, recipe)])
    await _learn(session, {document.language}, [text])


async def put_readers(session: AsyncSession, recipe: Recipe) -> None:
    """Index who finds the recipe; its words stay as they are."""
    await crud.recipe_words.set_readers(session, recipe.id, readers_of(recipe))


async def put_carriers(session: AsyncSession, tag: Tag, *, is_going: bool = False) -> None:
    """Index the recipes that carry a tag, which has another name now or is going to be deleted.

    The newest `UNIT` at once, the others soon after. All are locked.
    """
    ids = await crud.recipe_words.carriers(session, tag)
    await _put_all(session, ids[:UNIT], but_for=tag.id if is_going else None)
    await crud.recipe_words.request(session, ids[UNIT:])


async def request_all(session: AsyncSession) -> int:
    """Have every recipe indexed anew by this version of the program; how many they are."""
    instance = await crud.instance.get_for_update(session)
    if instance is not None:
        instance.search_version = SEARCH_VERSION
    await crud.recipe_words.request_all(session)
    return await crud.recipe_words.requested(session)


async def request_all_if_outdated(session: AsyncSession) -> None:
    """As `request_all`, when another version of the program wrote the index."""
    instance = await crud.instance.get_for_update(session)
    if instance is not None and instance.search_version != SEARCH_VERSION:
        await request_all(session)


async def work_off(session: AsyncSession) -> int:
    """Index at most `UNIT` recipes that wait for it; how many it were, 0 when none wait."""
    ids = await crud.recipe_words.take_requests(session, limit=UNIT)
    await _put_all(session, ids)
    return len(ids)


def readers_of(recipe: Findable) -> str:
    """The tokens of who may find the recipe; none while it lies in the trash."""
    if recipe.deleted_at is not None:
        return ""
    return readers.of_recipe(recipe.household_id, recipe.visibility, recipe.status)


def text_of(document: RecipeDocument, tag_names: Iterable[str]) -> IndexedText:
    """The document's words by their weight. Pure."""
    lines = [line for group in document.ingredient_groups for line in group.lines]
    foods = [line.food_text for line in lines if line.food_text]
    return words.indexed(
        language=document.language,
        title=document.title,
        labels=dict.fromkeys([*tag_names, *foods]),
        lines=[line.original_text for line in lines],
        steps=[text for text in _told(document) if text],
    )


def words_of(found: Any) -> Words:
    """The row that a recipe (of `crud.recipe_words.documents`) has in an index that is right."""
    document = RecipeDocument.model_validate_json(found.document)
    text = text_of(document, [tag["name"] for tag in _tags(found, None)])
    return _row(found.id, text, found)


async def _put_all(
    session: AsyncSession, ids: Collection[UUID], *, but_for: UUID | None = None
) -> None:
    """Index locked recipes as they are, without the tag `but_for`."""
    if not ids:
        return
    rows: list[Words] = []
    texts: list[IndexedText] = []
    languages: set[str] = set()
    for found in await crud.recipe_words.documents(session, ids):
        document = RecipeDocument.model_validate_json(found.document)
        text = text_of(document, [tag["name"] for tag in _tags(found, but_for)])
        rows.append(_row(found.id, text, found))
        texts.append(text)
        languages.add(document.language)
    await crud.recipe_words.put(session, rows)
    await _learn(session, languages, texts)


def _tags(found: Any, but_for: UUID | None) -> list[dict[str, Any]]:
    in_order = sorted(found.tags, key=lambda tag: int(tag["position"]))
    return [tag for tag in in_order if UUID(tag["id"]) != but_for]


def _row(recipe_id: UUID, text: IndexedText, recipe: Findable) -> Words:
    return Words(
        recipe_id,
        title=text.title,
        labels=text.labels,
        lines=text.lines,
        steps=text.steps,
        readers=readers_of(recipe),
    )


async def _learn(
    session: AsyncSession, languages: Iterable[str], texts: Collection[IndexedText]
) -> None:
    """Add the words of recipes, and their languages, to what somebody may have meant."""
    found = {letters.encoded(word): word for text in texts for word in typos.vocabulary(text)}
    spoken = {word for tag in languages if (word := readers.language_word(tag))}
    unknown = await crud.recipe_words.unknown(session, found.keys() | spoken)
    new = [word for word in unknown if word in found][: MOST_NEW_WORDS * len(texts)]
    pairs = [(letters.encoded(each), word) for word in new for each in typos.deletions(found[word])]
    for word in spoken.intersection(unknown):
        pairs += [(word, word), (readers.LANGUAGES, word)]
        ring_after_commit(session, Bell.LANGUAGES)
    await crud.recipe_words.add_variants(session, pairs)


def _told(document: RecipeDocument) -> Iterator[str | None]:
    yield document.summary
    for group in document.ingredient_groups:
        yield group.name
    for section in document.sections:
        yield section.name
        for step in section.steps:
            yield step.title
            yield _without_tokens(step.text)
    for note in document.notes:
        yield note.title
        yield note.text
    yield from document.equipment
    yield document.source.site
    yield document.source.author


def _without_tokens(text: str) -> str:
    """The text of a step without its references, which are ids and no words."""
    if "{{" not in text:
        return text
    return " ".join(part for part in step_text.parts(text) if isinstance(part, str))
