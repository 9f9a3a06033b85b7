"""From a document to the columns beside it. Pure."""

import hashlib

from potluck.domain.slug import slug
from potluck.domain.text import fold
from potluck.schemas.recipe import RecipeDocument
from potluck.schemas.recipe.stored import RecipeProjection
from potluck.services import documents

#: The column's width; titles differ within it.
TITLE_KEY_MAX = 300


def project(document: RecipeDocument) -> RecipeProjection:
    """The columns that a recipe with this document has."""
    servings = document.yields.servings
    return RecipeProjection(
        title=document.title,
        title_key=fold(document.title)[:TITLE_KEY_MAX],
        slug=slug(document.title),
        summary=document.summary,
        language=document.language,
        status=document.status,
        visibility=document.visibility,
        image_url=document.image_url,
        total_time_s=documents.total_time_s(document),
        servings_n=servings.numerator if servings is not None else None,
        servings_d=servings.denominator if servings is not None else None,
        source_key=source_key(document.source.url_canonical or document.source.url_original),
        document=documents.canonical_json(document),
    )


def source_key(url: str | None) -> str | None:
    """What two imports of one page have in common: a digest of the address without fragment.

    The scheme and a final slash do not count: sites answer alike with and without.
    """
    if url is None:
        return None
    address = url.partition("#")[0].partition("://")[2].rstrip("/")
    return hashlib.sha256(address.encode()).hexdigest()
