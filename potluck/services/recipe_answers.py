"""From stored rows to what is answered.

`public_url` is the address of this instance: a picture that we keep is answered under it.
"""

import json
from datetime import timedelta
from fractions import Fraction
from typing import Any

from potluck import schemas
from potluck.models import Recipe, RecipeRevision, Tag
from potluck.schemas.recipe import RecipeDocument, RecipeState, TagRef
from potluck.services import cover_urls, documents


def saved(row: Recipe, tags: list[Tag], *, public_url: str) -> schemas.Recipe:
    """A recipe that was just saved, with its tags in order."""
    return _whole(row, [TagRef.model_validate(tag) for tag in tags], public_url)


def recipe(row: Recipe, tags: list[dict[str, Any]], *, public_url: str) -> schemas.Recipe:
    """What `crud.recipe.answer` gave."""
    return _whole(row, [TagRef.model_validate(tag) for tag in _in_order(tags)], public_url)


def _whole(row: Recipe, tags: list[TagRef], public_url: str) -> schemas.Recipe:
    """The document was validated when it was stored; only its shape is read."""
    document = RecipeDocument.model_validate_json(row.document)
    image_url = cover_urls.image_url(public_url, row.id, row.cover_id, document.image_url)
    return schemas.Recipe.model_construct(
        **documents.content(document) | {"image_url": image_url},
        id=row.id,
        household_id=row.household_id,
        author_id=row.author_id,
        slug=row.slug,
        version=row.version,
        revision=row.revision,
        imported_via=row.imported_via,
        created_at=row.created_at,
        updated_at=row.updated_at,
        tags=tags,
    )


def summary(row: Any, *, public_url: str) -> schemas.RecipeSummary:
    """A row of `crud.recipe.summaries`."""
    return schemas.RecipeSummary.model_validate(_summary_members(row, public_url))


def listed(row: Any, *, public_url: str) -> schemas.RecipeSummary | schemas.RecipeTombstone:
    """A row of `recipe_lists.page`: of one in the trash no more than that it lies there."""
    if row.deleted_at is None:
        return summary(row, public_url=public_url)
    return schemas.RecipeTombstone(id=row.id, deleted_at=row.deleted_at, updated_at=row.updated_at)


def trashed(row: Any, *, keep_days: int, public_url: str) -> schemas.TrashedRecipe:
    """A row of `crud.recipe.trash`; it is gone `keep_days` after it was deleted."""
    times = {"deleted_at": row.deleted_at, "purge_at": row.deleted_at + timedelta(days=keep_days)}
    return schemas.TrashedRecipe.model_validate(_summary_members(row, public_url) | times)


def revision_summary(row: RecipeRevision) -> schemas.RevisionSummary:
    """A saved state without its content."""
    return schemas.RevisionSummary.model_validate(row)


def revision(row: RecipeRevision) -> schemas.Revision:
    """A saved state with the writable members as they were, tags in the words of then."""
    document = RecipeDocument.model_validate_json(row.document)
    state = RecipeState(**documents.content(document), tags=json.loads(row.tags))
    return schemas.Revision(**revision_summary(row).model_dump(), recipe=state)


def _summary_members(row: Any, public_url: str) -> dict[str, Any]:
    """Every column, and in place of some what is made of them; the schema takes what it knows."""
    members: dict[str, Any] = row._asdict()
    n, d = members["servings_n"], members["servings_d"]
    members["tags"] = _in_order(members["tags"])
    members["servings"] = None if n is None else Fraction(n, d)
    members["image_url"] = cover_urls.image_url(
        public_url, members["id"], members["cover_id"], members["image_url"]
    )
    return members


def _in_order(tags: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The database gives the tags of a row in any order; each says its position."""
    return sorted(tags, key=lambda tag: int(tag["position"]))
