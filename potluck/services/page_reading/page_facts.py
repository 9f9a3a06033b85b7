"""What the head of a page says about it: language, canonical address, site, title, picture."""

import re

from potluck.services.page_reading.addresses import is_same_site, web_address, without_fragment
from potluck.services.page_reading.text import one_line
from potluck.services.page_reading.tree import Page

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_TITLE_TAIL = re.compile(r" (?:[|\u2013\u2014»·-]|::) ")


def language(page: Page, stated: str | None) -> str | None:
    """BCP 47: of `<html lang>`, what the recipe itself states, og:locale, the first that is one."""
    html = next(page.iter("html"), None)
    lang = None if html is None else html.get("lang") or html.get("xml:lang")
    header = page.meta("content-language", "language")
    for candidate in (lang, stated, page.meta("og:locale"), header):
        tag = (candidate or "").strip().replace("_", "-").split(",")[0]
        if _LANGUAGE.fullmatch(tag):
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


def title(page: Page) -> str | None:
    """The first h1, else og:title, else `<title>` without the site's name behind a dash."""
    heading = next((text for e in page.iter("h1") if (text := page.line(e))), None)
    if heading:
        return heading
    og_title = page.meta("og:title", "twitter:title")
    if og_title:
        return og_title
    element = next(page.iter("title"), None)
    text = one_line(element.text or "") if element is not None else ""
    return _TITLE_TAIL.split(text)[0].strip() or None
