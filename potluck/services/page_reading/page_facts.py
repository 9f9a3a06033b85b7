"""What the head of a page says about it: language, canonical address, site, title, picture."""

import re
from itertools import islice

from potluck.domain.codes import is_language_tag
from potluck.services.page_reading.addresses import is_same_site, web_address, without_fragment
from potluck.services.page_reading.text import match_key, one_line
from potluck.services.page_reading.tree import Page, classes

_NOTES = re.compile(r"[a-z-]{0,30}recipes?[a-z_-]{0,20}notes")
_NOTE_HEADINGS = frozenset({"", "notes", "recipenotes", "note", "notizen", "notas", "opmerkingen"})
_MOST_HEADINGS = 50
_TITLE_TAIL = re.compile(r" (?:[|\u2013\u2014»·-]|::) ")


def language(page: Page, stated: str | None) -> str | None:
    """BCP 47: of `<html lang>`, what the recipe itself states, og:locale, the first that is one."""
    html = next(page.iter("html"), None)
    lang = None if html is None else html.get("lang") or html.get("xml:lang")
    header = page.meta("content-language", "language")
    for candidate in (lang, stated, page.meta("og:locale"), header):
        tag = (candidate or "").strip().replace("_", "-").split(",")[0]
        if is_language_tag(tag):
            return _tidy_language(tag)
    return None


def _tidy_language(tag: str) -> str:
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(p.upper() if len(p) == 2 else p for p in rest)])


def canonical_url(page: Page, stated: str | None) -> str | None:
    """`<link rel=canonical>`, og:url, what the recipe states, the fetched address: on one site.

    An address of another site is believed only when nobody knows where the page came from.
    """
    link = next((e.get("href") for e in page.iter("link") if _is_canonical(e.get("rel"))), None)
    for candidate in (link, page.meta("og:url"), stated, page.url):
        address = web_address(candidate, page.url)
        if address and (page.url is None or is_same_site(address, page.url)):
            return without_fragment(address)
    return None


def _is_canonical(rel: str | None) -> bool:
    return "canonical" in (rel or "").lower().split()


def site_name(page: Page) -> str | None:
    """og:site_name, else the application's name."""
    return page.meta("og:site_name", "application-name")


def notes(page: Page) -> tuple[str, ...]:
    """The notes of a recipe card, where a class name of a print plugin says so."""
    for element in page.iter("div", "section", "ul"):
        if any(_NOTES.fullmatch(name) for name in classes(element)):
            lines = page.text(element).split("\n")
            kept = [line for line in lines if match_key(line) not in _NOTE_HEADINGS]
            if kept:
                return ("\n".join(kept),)
    return ()


def title(page: Page) -> str | None:
    """The h1 that the page's own title repeats, else og:title, else an h1, else `<title>`."""
    element = next(page.iter("title"), None)
    head = one_line(element.text or "") if element is not None else ""
    og_title = page.meta("og:title", "twitter:title") or ""
    site = match_key(site_name(page) or "")
    headings = [page.line(heading) for heading in islice(page.iter("h1"), _MOST_HEADINGS)]
    headings = [text for text in headings if text and match_key(text) != site]
    named = [text for text in headings if _is_part(text, og_title) or _is_part(text, head)]
    if named:
        return max(named, key=len)
    first = headings[0] if headings else ""
    if len(headings) == 1:
        return first
    return _without_tail(og_title) or first or _without_tail(head) or None


def _is_part(text: str, whole: str) -> bool:
    key = match_key(text)
    return bool(key) and key in match_key(whole)


def _without_tail(text: str) -> str:
    """Without the site's name behind a dash or bar."""
    return _TITLE_TAIL.split(text)[0].strip()


def better_title(stated: str | None, page: Page) -> str | None:
    """What the recipe calls itself, or the page's heading where that has a tail for engines."""
    if not stated:
        return title(page)
    for heading in islice(page.iter("h1"), _MOST_HEADINGS):
        text = page.line(heading)
        if text and _without_tail(stated).startswith(text) and len(text) < len(stated):
            return text if _TITLE_TAIL.search(stated) else stated
    return stated
