"""Atom feeds and site maps, read and held to what their standards demand."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
#: RFC 3339, section 5.6, as RFC 4287, section 3.3, wants it: with a capital T and a zone.
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
#: RFC 4287, 4.1.1 and 4.1.2: exactly one, at most one.
ONCE = {"feed": ("id", "title", "updated"), "entry": ("id", "title", "updated")}
AT_MOST_ONCE = {
    "feed": ("generator", "icon", "logo", "rights", "subtitle"),
    "entry": ("content", "published", "rights", "source", "summary"),
}
MOST_ADDRESSES = 50_000


def read_xml(content: bytes) -> Element:
    """The root of a document that says that it is XML 1.0 in UTF-8."""
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ET.fromstring(content)  # noqa: S314 - a document of ours


def atom_faults(feed: Element) -> list[str]:
    """Where a feed breaks RFC 4287."""
    entries = feed.findall(f"{ATOM}entry")
    found = [] if feed.tag == f"{ATOM}feed" else [f"the root is {feed.tag}"]
    found += [fault for each in (feed, *entries) for fault in _element_faults(each)]
    has_author = feed.find(f"{ATOM}author") is not None
    found += [
        "4.1.2: an entry has no author"
        for each in entries
        if each.find(f"{ATOM}author") is None and not has_author
    ]
    ids = [each.findtext(f"{ATOM}id") for each in entries]
    if len(set(ids)) != len(ids):
        found.append("4.1.1: two entries have one id")
    if not [each for each in feed.findall(f"{ATOM}link") if each.get("rel") == "self"]:
        found.append("4.1.1: no link to the feed itself")
    return found


def _element_faults(element: Element) -> Iterator[str]:
    kind = element.tag.removeprefix(ATOM)
    yield from (
        f"4.1: {kind} needs one {name}"
        for name in ONCE[kind]
        if len(element.findall(ATOM + name)) != 1
    )
    yield from (
        f"4.1: {kind} has more than one {name}"
        for name in AT_MOST_ONCE[kind]
        if len(element.findall(ATOM + name)) > 1
    )
    yield from (
        f"3.3: {each.text} is no instant"
        for name in ("updated", "published")
        for each in element.findall(ATOM + name)
        if not INSTANT.fullmatch(each.text or "")
    )
    if not urlsplit(element.findtext(f"{ATOM}id") or "").scheme:
        yield "4.2.6: an id is no absolute IRI"
    yield from _link_faults(element, kind)
    yield from _word_faults(element)


def _link_faults(element: Element, kind: str) -> Iterator[str]:
    links = element.findall(f"{ATOM}link")
    yield from (
        f"4.2.7: a link leads to {each.get('href')}"
        for each in links
        if urlsplit(each.get("href", "")).scheme not in {"http", "https"}
    )
    alternates = [each for each in links if each.get("rel") == "alternate"]
    if len({(each.get("type"), each.get("hreflang")) for each in alternates}) != len(alternates):
        yield "4.1: two alternates of one type"
    if not alternates and element.find(f"{ATOM}content") is None and kind == "entry":
        yield "4.1.2: an entry has neither content nor a page"


def _word_faults(element: Element) -> Iterator[str]:
    for author in element.findall(f"{ATOM}author"):
        if not author.findtext(f"{ATOM}name"):
            yield "3.2.1: an author has no name"
        if [each.tag for each in author] != [f"{ATOM}name"]:
            yield "an author has more than a name"
    if not all(each.get("term") for each in element.findall(f"{ATOM}category")):
        yield "4.2.2.1: a category has no term"
    content = element.find(f"{ATOM}content")
    if content is not None and (content.get("type") not in {"text", "html"} or len(content)):
        yield "4.1.3.3: content of type text or html has no elements"


def addresses(content: bytes, kind: str) -> dict[str, str | None]:
    """The addresses of a `urlset` or `sitemapindex`, each with its last change."""
    root = read_xml(content)
    assert root.tag == SITEMAP + kind
    entry = {"urlset": "url", "sitemapindex": "sitemap"}[kind]
    assert {each.tag for each in root} == {SITEMAP + entry}, "the protocol knows nothing else there"
    found: dict[str, str | None] = {}
    for each in root:
        assert [part.tag for part in each] in (
            [f"{SITEMAP}loc"],
            [f"{SITEMAP}loc", f"{SITEMAP}lastmod"],
        )
        location, changed_at = each.findtext(f"{SITEMAP}loc"), each.findtext(f"{SITEMAP}lastmod")
        assert location is not None
        assert location not in found
        assert len(location) < 2048
        assert changed_at is None or INSTANT.fullmatch(changed_at)
        found[location] = changed_at
    assert 0 < len(found) <= MOST_ADDRESSES
    return found
