"""Cover pictures as pages show them: which files there are, and what to keep in view."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from potluck.models import Media, Recipe
from potluck.services import cover_urls

MEDIA_TYPES = {"avif": "image/avif", "webp": "image/webp"}
#: The style sheet knows focal points in tenths of the picture.
_FOCUS_STEP = 10


@dataclass(frozen=True)
class Cover:
    """A picture for `parts/cover.html`; paths are below the base path.

    `sources` are a media type and the files of it as pairs of path and width, best type first; the
    last is WebP, which every browser shows. `colour` is the average as #rrggbb; `focus_x` and
    `focus_y` are tenths of the picture in percent.
    """

    sources: list[tuple[str, list[tuple[str, int]]]]
    largest: str
    colour: str
    focus_x: int
    focus_y: int


def of_summary(row: Any) -> Cover | None:
    """The cover in a row of `crud.recipe.summaries`."""
    return None if row.cover_id is None else _cover(row.id, row.cover_id, row)


def of_recipe(recipe: Recipe, media: Media | None) -> Cover | None:
    """The cover of a recipe."""
    return None if media is None else _cover(recipe.id, media.id, media)


def _cover(recipe_id: UUID, media_id: UUID, shown: Any) -> Cover:
    """`shown` has the columns of `Media` that `crud.crud_recipe.SUMMARY` has, too."""

    def files(format: str) -> list[tuple[str, int]]:
        names = [(f"{width}.{format}", int(width)) for width in shown.widths.split()]
        return [(cover_urls.path(recipe_id, media_id, name), width) for name, width in names]

    return Cover(
        sources=[(MEDIA_TYPES[format], files(format)) for format in shown.formats.split()],
        largest=cover_urls.path(recipe_id, media_id),
        colour=shown.colour,
        focus_x=_tenth(shown.focus_x),
        focus_y=_tenth(shown.focus_y),
    )


def _tenth(percent: int) -> int:
    return round(percent / _FOCUS_STEP) * _FOCUS_STEP
