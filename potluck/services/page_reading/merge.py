"""Two readings of one page into one: the better of each field."""

from dataclasses import replace

from potluck.domain.page_recipe import (
    Group,
    PageRecipe,
    PageStep,
    PageTime,
    PageTimes,
    PageYield,
    Section,
)
from potluck.services.page_reading.instructions import Event, sections_of
from potluck.services.page_reading.schema_recipe import merge_nodes
from potluck.services.page_reading.text import match_key


def merge(site: PageRecipe | None, own: PageRecipe | None) -> PageRecipe | None:
    """The site scraper's reading goes first where it has something, ours fills and structures.

    The method is "site" only when the site scraper gave ingredients or steps.
    """
    if site is None or own is None:
        return site or own
    if not site.groups and not site.sections:
        return replace(merge_nodes(own, site), method=own.method)
    merged = merge_nodes(site, own)
    return replace(
        merged,
        groups=_better_groups(site, own) or merged.groups,
        sections=_better_sections(site, own) or merged.sections,
        yields=_better_yields(site, own),
        times=_better_times(site.times, own.times),
        tags=own.tags if len(own.tags) > len(site.tags) else site.tags,
    )


def _better_groups(site: PageRecipe, own: PageRecipe) -> tuple[Group, ...]:
    """Our headings over the site's lines, when both have the same lines."""
    if len(own.groups) <= len(site.groups) or len(own.lines) != len(site.lines):
        return ()
    if any(match_key(a) != match_key(b) for a, b in zip(own.lines, site.lines, strict=True)):
        return ()
    lines = iter(site.lines)
    return tuple((name, tuple(next(lines) for _ in texts)) for name, texts in own.groups)


def _better_sections(site: PageRecipe, own: PageRecipe) -> tuple[Section, ...]:
    """The site's steps, with those that are headings or titles of ours standing as such."""
    titles = {match_key(s.title) for _, steps in own.sections for s in steps if s.title}
    headings = {match_key(name) for name, _ in own.sections if name}
    texts = {match_key(text) for text in own.steps}
    if not titles | headings:
        return ()
    return sections_of(
        event
        for name, steps in site.sections
        for event in [("heading", name or ""), *_events(steps, titles - texts, headings - texts)]
    )


def _events(steps: tuple[PageStep, ...], titles: set[str], headings: set[str]) -> list[Event]:
    events: list[Event] = []
    for step in steps:
        key = match_key(step.text)
        kind = "heading" if key in headings else "title" if key in titles else "step"
        events.append((kind, step.text))
    return events


def _better_yields(site: PageRecipe, own: PageRecipe) -> PageYield | None:
    """Ours when it tells the same number in more words ("1 cake (8 slices)")."""
    if site.yields is None or own.yields is None:
        return site.yields or own.yields
    numbers = {own.yields.servings, own.yields.amount} - {None}
    said = site.yields.servings or site.yields.amount
    return own.yields if said is None or said in numbers else site.yields


def _better_times(site: PageTimes, own: PageTimes) -> PageTimes:
    """Ours where it holds the site's minutes and knows more (seconds, a range, the words).

    The library adds up a total that the page does not give; that is left to the end, when the time
    to rest is known too.
    """
    total = _better_time(site.total, own.total)
    if own.total is None and site.total and site.total.max_s == _sum_s(site.prep, site.cook):
        total = None
    return PageTimes(
        prep=_better_time(site.prep, own.prep),
        cook=_better_time(site.cook, own.cook),
        rest=site.rest or own.rest,
        total=total,
    )


def _sum_s(*times: PageTime | None) -> int:
    return sum(time.max_s or 0 for time in times if time is not None)


def _better_time(site: PageTime | None, own: PageTime | None) -> PageTime | None:
    if site is None or site.max_s is None or own is None:
        return site or own
    ends = [end for end in (own.min_s, own.max_s) if end is not None]
    return own if any(abs(end - site.max_s) < 60 for end in ends) else site
