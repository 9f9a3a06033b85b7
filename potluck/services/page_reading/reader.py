"""`read`: one recipe out of one page, by the best means that the page offers."""

from collections.abc import Callable
from dataclasses import replace

from potluck.core.errors import NoRecipeFound
from potluck.domain.page_recipe import Group, PageRecipe, PageTime, PageTimes, PageWarning
from potluck.services.page_reading import (
    h_recipe,
    headings,
    json_ld,
    microdata,
    opengraph,
    page_facts,
    page_view,
    site,
)
from potluck.services.page_reading.headings import is_ingredient_heading
from potluck.services.page_reading.merge import merge
from potluck.services.page_reading.outline import Line, read_outline
from potluck.services.page_reading.schema_recipe import merge_nodes
from potluck.services.page_reading.text import match_key
from potluck.services.page_reading.tree import Page


def read(html: str, url: str | None) -> PageRecipe:
    """The recipe of a page fetched from `url` (None: pasted); raises NoRecipeFound."""
    page = Page(html, url)
    outline = read_outline(page)
    own = read_ladder(page, html, outline)
    recipe = merge(_read_site(page, html), own)
    if recipe is None or not (recipe.groups or recipe.sections):
        raise NoRecipeFound("The page shows neither ingredients nor steps.")
    return finish(recipe, page, outline)


def read_ladder(page: Page, html: str, outline: list[Line]) -> PageRecipe | None:
    """Our own rungs: the first that has ingredients or steps leads, the next fill its gaps."""
    rungs: tuple[Callable[[], PageRecipe | None], ...] = (
        lambda: json_ld.read(page, html),
        lambda: microdata.read(page),
        lambda: h_recipe.read(page),
        lambda: opengraph.read(page, outline),
    )
    best: PageRecipe | None = None
    for rung in rungs:
        found = rung()
        if found is None:
            continue
        if best is None:
            best = found
        elif best.groups or best.sections:
            best = merge_nodes(best, found)
        else:
            best = merge_nodes(found, best)
        if best.groups and best.sections:
            break
    shown = headings.read(outline)
    if best is not None and shown is not None:
        best = page_view.complete(best, shown)
    # Steps alone, under no data that says "recipe", may be those of anything.
    is_any_page = best is not None and best.method == "opengraph" and not best.groups
    return None if is_any_page else best


def _read_site(page: Page, html: str) -> PageRecipe | None:
    """By the site's own scraper; a pasted page is known by the address that it gives itself."""
    for address in (page.url, page_facts.canonical_url(page, None)):
        if address and site.knows(address):
            return site.read(html, address)
    return None


def finish(recipe: PageRecipe, page: Page, outline: list[Line]) -> PageRecipe:
    """Adds what the visible page and its head know, a derived total, and the warnings."""
    recipe = add_view(opengraph.fill(recipe, page), outline)
    recipe = replace(
        recipe,
        language=page_facts.language(page, recipe.language),
        canonical_url=page_facts.canonical_url(page, recipe.canonical_url),
        notes=recipe.notes or _notes(recipe, page),
        site=recipe.site or page_facts.site_name(page),
        times=replace(recipe.times, total=recipe.times.total or _derived_total(recipe)),
    )
    return replace(recipe, warnings=recipe.warnings + _warnings(recipe))


def add_view(recipe: PageRecipe, outline: list[Line]) -> PageRecipe:
    """Headings between lines, cuts in a lone step, and times and yields when there are none."""
    groups = page_view.improve_groups(recipe.groups, outline, keeps_lines=recipe.method == "site")
    sections = page_view.improve_sections(recipe.sections, outline)
    times = recipe.times
    shown = page_view.times_beside_labels(outline)
    times = shown if times == PageTimes() else replace(times, rest=times.rest or shown.rest)
    yields = recipe.yields or page_view.yields_beside_label(outline)
    return replace(recipe, groups=_named(groups), sections=sections, times=times, yields=yields)


def _notes(recipe: PageRecipe, page: Page) -> tuple[str, ...]:
    """The notes of the page, unless what is called so holds the recipe itself."""
    first = match_key(recipe.lines[0]) if recipe.lines else ""
    return tuple(n for n in page_facts.notes(page) if not first or first not in match_key(n))


def _named(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Groups without the name that all ingredients have ("Ingredients")."""
    return tuple(
        (None if name and is_ingredient_heading(name) else name, lines) for name, lines in groups
    )


def _derived_total(recipe: PageRecipe) -> PageTime | None:
    """Preparation and cooking together, for a page that gives no total."""
    parts = [recipe.times.prep, recipe.times.cook, recipe.times.rest]
    known = [part for part in parts if part and part.min_s is not None and part.max_s is not None]
    if not known:
        return None
    return PageTime(sum(p.min_s or 0 for p in known), sum(p.max_s or 0 for p in known))


def _warnings(recipe: PageRecipe) -> tuple[PageWarning, ...]:
    found = []
    for name in ("prep", "cook", "rest", "total"):
        time: PageTime | None = getattr(recipe.times, name)
        if time is not None and time.min_s is None:
            detail = f"The time {time.original_text!r} could not be read."
            found.append(PageWarning("time_unreadable", f"/times/{name}", detail))
    return tuple(found)
