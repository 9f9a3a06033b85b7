"""The columns of a recipe row: projections of its document, never answered as such."""

from uuid import UUID

from potluck.schemas.base import In
from potluck.schemas.recipe.terms import ImportedVia, Status, Visibility


class RecipeProjection(In):
    """What lists, filters and sorts need of a document, beside the document itself.

    `title_key` is the folded title, `source_key` a digest of the page's canonical address,
    `servings_n / servings_d` the exact servings.
    """

    title: str
    title_key: str
    slug: str
    summary: str | None
    language: str
    status: Status
    visibility: Visibility
    image_url: str | None
    total_time_s: int | None
    servings_n: int | None
    servings_d: int | None
    source_key: str | None
    document: str


class RecipeInDB(RecipeProjection):
    """A whole new row."""

    household_id: UUID
    author_id: UUID | None
    imported_via: ImportedVia | None
    revision: int
