"""What a recipe is found by: its document and the names of its tags, as the search index has it."""

from collections.abc import Iterable, Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.domain import step_text
from potluck.domain.search import letters, readers, typos, words
from potluck.domain.search.words import IndexedText
from potluck.models import Recipe
from potluck.schemas.recipe import RecipeDocument

#: New words that one save adds to those that a slip may have meant. Each takes as many rows as it
#: has letters; a page of a cookbook has a hundred words, and most are known.
MOST_NEW_WORDS = 400


async def put(
    session: AsyncSession, recipe: Recipe, document: RecipeDocument, tag_names: Iterable[str]
) -> None:
    """Index the recipe as it is now. The unit of work holds it, and no row of the vocabulary."""
    text = text_of(document, tag_names)
    await crud.recipe_words.put(session, recipe.id, text, readers_of(recipe))
    await learn(session, [recipe.language], [text])


async def put_readers(session: AsyncSession, recipe: Recipe) -> None:
    """Index who finds the recipe, whose words stay as they are."""
    await crud.recipe_words.set_readers(session, recipe.id, readers_of(recipe))


def readers_of(recipe: Recipe) -> str:
    """The tokens of who may find the recipe; none while it lies in the trash."""
    if recipe.deleted_at is not None:
        return ""
    return readers.of_recipe(recipe.household_id, recipe.visibility, recipe.status)


async def learn(
    session: AsyncSession, languages: Iterable[str], texts: Iterable[IndexedText]
) -> None:
    """Add the words of recipes, and their languages, to what somebody may have meant."""
    found = {letters.encoded(word): word for text in texts for word in typos.vocabulary(text)}
    spoken = {word for tag in languages if (word := readers.language_word(tag))}
    unknown = await crud.recipe_words.unknown(session, found.keys() | spoken)
    new = [word for word in unknown if word in found][:MOST_NEW_WORDS]
    pairs = [(letters.encoded(each), word) for word in new for each in typos.deletions(found[word])]
    for word in spoken.intersection(unknown):
        pairs += [(word, word), (readers.LANGUAGES, word)]
    await crud.recipe_words.add_variants(session, pairs)


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
