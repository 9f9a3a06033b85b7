"""Recipes, their summaries and their history as they are answered."""

from uuid import UUID

from potluck.schemas.base import EntityOut, Out, Page
from potluck.schemas.recipe.document import RecipeContent
from potluck.schemas.recipe.terms import (
    ImportedVia,
    RevisionReason,
    Status,
    TagKind,
    Visibility,
)
from potluck.schemas.types import Instant, Rational


class TagRef(Out):
    """A tag as recipes name it."""

    id: UUID
    kind: TagKind
    name: str


class RecipeState(RecipeContent):
    """The writable members of a recipe."""

    tags: list[TagRef]


class Recipe(RecipeState, EntityOut):
    """A recipe, whole."""

    household_id: UUID
    author_id: UUID | None
    slug: str
    revision: int
    imported_via: ImportedVia | None


class RecipeSummary(EntityOut):
    """A recipe as lists show it; `total_time_s` in seconds, `servings` in people."""

    household_id: UUID
    author_id: UUID | None
    title: str
    slug: str
    summary: str | None
    language: str
    status: Status
    visibility: Visibility
    tags: list[TagRef]
    image_url: str | None
    total_time_s: int | None
    servings: Rational | None


class TrashedRecipe(RecipeSummary):
    """A recipe in the trash, and when it will be gone for good."""

    deleted_at: Instant
    purge_at: Instant


class RecipeTombstone(Out):
    """What is left of a recipe in the trash for who may have a copy of it."""

    id: UUID
    deleted_at: Instant
    updated_at: Instant


class RecipePage(Page[RecipeSummary | RecipeTombstone]):
    """One page of a list of recipes; only the change feed holds tombstones."""


class FoundRecipes(Page[RecipeSummary]):
    """What a search found, best first and on one page.

    `corrected_keyword` is what was searched for, where a slip of the finger was forgiven.
    """

    corrected_keyword: str | None


class RevisionSummary(Out):
    """One saved state: its number from 1, why it was saved, by whom, and its fingerprint."""

    number: int
    reason: RevisionReason
    author_id: UUID | None
    created_at: Instant
    sha256: str


class Revision(RevisionSummary):
    """One saved state with the writable members as they were."""

    recipe: RecipeState
