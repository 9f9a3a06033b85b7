"""What recipe-scrapers reads with its scraper for a site; never online, every getter guarded."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from recipe_scrapers import SCRAPERS, scrape_html

from potluck.domain.page_recipe import Group, PageRecipe, PageTime, PageTimes
from potluck.services.page_reading.addresses import host_of, web_address
from potluck.services.page_reading.deadline import limited
from potluck.services.page_reading.instructions import sections_of
from potluck.services.page_reading.nutrition import read_nutrition
from potluck.services.page_reading.schema_recipe import group_lines
from potluck.services.page_reading.text import fold, one_line, plain
from potluck.services.page_reading.times import read_time
from potluck.services.page_reading.yields import read_yields

#: Its parser is quadratic on hostile pages; a real page takes 0.1 s, the slowest we saw 1.8 s.
PROCESSOR_S = 5.0


def knows(url: str | None) -> bool:
    """Whether the library has a scraper of its own for the host of `url`."""
    return host_of(url) in SCRAPERS


def read(html: str, url: str) -> PageRecipe | None:
    """The site scraper's recipe, or None when it cannot even start."""
    recipe: PageRecipe | None = None
    with _quiet(), limited(PROCESSOR_S):
        recipe = _scrape(html, url)
    return recipe


def _scrape(html: str, url: str) -> PageRecipe | None:
    try:
        scraper = scrape_html(html, org_url=url, supported_only=False)
    except Exception:  # noqa: BLE001  the library raises anything (AttributeError on a list)
        return None
    return _read(scraper, url)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _read(scraper: Any, url: str) -> PageRecipe:
    lines = _texts(_get(scraper.ingredients))
    return PageRecipe(
        method="site",
        title=one_line(_text(_get(scraper.title))) or None,
        summary=plain(_text(_get(scraper.description))) or None,
        language=_text(_get(scraper.language)) or None,
        image_url=web_address(_get(scraper.image), url),
        canonical_url=web_address(_get(scraper.canonical_url), url),
        site=one_line(_text(_get(scraper.site_name))) or None,
        author=one_line(_text(_get(scraper.author))) or None,
        groups=_groups(scraper, lines),
        sections=sections_of(("step", step) for step in _texts(_get(scraper.instructions_list))),
        times=PageTimes(
            prep=_minutes(_get(scraper.prep_time)),
            cook=_minutes(_get(scraper.cook_time)),
            total=_minutes(_get(scraper.total_time)),
        ),
        yields=read_yields([_text(_get(scraper.yields))]),
        nutrition=read_nutrition(_pairs(_get(scraper.nutrients))),
        tags=tuple(_tags(scraper)),
        equipment=tuple(_texts(_get(scraper.equipment))),
    )


def _get(getter: Callable[[], Any]) -> Any:
    try:
        return getter()
    except Exception:  # noqa: BLE001  a field that fails is a field the page does not have
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    """The library has stripped markup already; what is left is folded, not stripped again."""
    items = value if isinstance(value, list) else []
    return [text for text in (fold(_text(item)).replace("\n", " ") for item in items) if text]


def _groups(scraper: Any, lines: list[str]) -> tuple[Group, ...]:
    """The library's groups when they hold the same lines in the same order, else one group."""
    found = _get(scraper.ingredient_groups) or []
    groups = tuple(
        (one_line(_text(group.purpose)) or None, tuple(_texts(group.ingredients)))
        for group in found
    )
    flat = [line for _, texts in groups for line in texts]
    if len(groups) > 1 and flat == lines:
        return groups
    return group_lines(lines)


def _minutes(value: Any) -> PageTime | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return read_time(str(value)) if 0 < value < 1_000_000 else None
    return None


def _pairs(value: Any) -> dict[str, str]:
    items = value.items() if isinstance(value, dict) else ()
    return {str(name): one_line(_text(text)) for name, text in items}


def _tags(scraper: Any) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for kind, name in (
        ("course", "category"),
        ("cuisine", "cuisine"),
        ("diet", "dietary_restrictions"),
        ("method", "cooking_method"),
        ("free", "keywords"),
    ):
        value = _get(getattr(scraper, name))
        texts = value if isinstance(value, list) else _text(value).split(",")
        for tag in map(one_line, map(_text, texts)):
            if tag and tag.casefold() not in seen:
                seen.add(tag.casefold())
                yield kind, tag
