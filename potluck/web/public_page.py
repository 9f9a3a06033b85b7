"""What the page of a public recipe tells programs: its address, its picture and whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from potluck.models import Media
from potluck.services import cover_urls
from potluck.web.atom import feed_path
from potluck.web.formats import is_web_link
from potluck.web.templating import recipe_path


@dataclass(frozen=True)
class Picture:
    """Absolute address of a picture; the pixels where they are known."""

    url: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class PublicPage:
    """`url` is the one address of the page, `household` the name of those who publish it.

    `pictures` are one picture in several sizes, the largest first. `feed_path` is below the base
    path. `locale` is the language in the form of Open Graph, such as `en_GB` or `de`.
    """

    url: str
    household: str
    pictures: tuple[Picture, ...]
    feed_path: str
    locale: str


def public_page(
    recipe: Mapping[str, Any], cover: Media | None = None, *, base: str, household: str
) -> PublicPage:
    """The facts of a recipe as the API answers it; `base` is our address without a slash."""
    return PublicPage(
        url=base + recipe_path(recipe),
        household=household,
        pictures=_pictures(recipe, cover, base),
        feed_path=feed_path(recipe["household_id"]),
        locale=_locale(recipe["language"]),
    )


def _pictures(recipe: Mapping[str, Any], cover: Media | None, base: str) -> tuple[Picture, ...]:
    """Our own files, in the format that every program knows; else what the recipe names."""
    if cover is None:
        address = recipe["image_url"]
        return (Picture(address),) if is_web_link(address) else ()
    widths = sorted(map(int, cover.widths.split()), reverse=True)
    return tuple(
        Picture(
            base + cover_urls.path(UUID(recipe["id"]), cover.id, f"{width}.webp"),
            width,
            round(width * cover.height / cover.width),
        )
        for width in widths
    )


def _locale(language: str) -> str:
    """`zh-Hant-TW` → `zh_TW`: Open Graph knows a language and a territory."""
    first, *rest = language.split("-")
    territory = [part.upper() for part in rest if len(part) == 2 and part.isalpha()]
    return "_".join([first.lower(), *territory[:1]])
