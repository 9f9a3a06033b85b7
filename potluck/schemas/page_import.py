"""Taking a recipe from a page: what is asked and what comes back."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from potluck.schemas.base import In, Out
from potluck.schemas.recipe import Recipe, RecipeContent
from potluck.schemas.recipe.terms import TagKind
from potluck.schemas.types import NotNull, WebUrl, left_out

#: Characters of a pasted page.
HTML_MAX = 5_000_000


class ImportRequest(In):
    """Exactly one source: the address of a page, or its HTML (then `url` says where it was)."""

    url: Annotated[WebUrl | None, NotNull()] = left_out()
    html: Annotated[
        Annotated[str, Field(strict=True, min_length=1, max_length=HTML_MAX)] | None, NotNull()
    ] = left_out()
    household_id: Annotated[UUID | None, NotNull()] = left_out()

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if self.url is None and self.html is None:
            raise PydanticCustomError("no_source", "Send the address or the HTML of a page.")
        return self


class DraftTag(Out):
    """A tag that the page suggests; it has no id before the recipe is saved."""

    kind: TagKind
    name: str


class RecipeDraft(RecipeContent):
    """The writable members, ready for POST /recipes."""

    tags: list[DraftTag]


class PageWarning(Out):
    """Something on the page that could not be taken over as it stood."""

    code: str
    pointer: str
    detail: str


class ImportResult(Out):
    """What became of a page; `recipe` is null when nothing was to be saved."""

    recipe: Recipe | None
    draft: RecipeDraft
    method: Literal["site", "json-ld", "microdata", "h-recipe", "opengraph"]
    url_fetched: str | None
    url_canonical: str | None
    duplicate_of: UUID | None
    warnings: list[PageWarning]
