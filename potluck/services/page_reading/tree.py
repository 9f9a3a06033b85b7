"""The page as an element tree, and the questions that every rung asks it.

lxml reads any bytes in linear time and cuts nesting at 2,048 (measured: 400,000 nested tags in
10 ms). Walks here are iterative; text is taken under a budget, so that text of nested elements,
taken again at every level, cannot grow with depth.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from potluck.services.page_reading.text import fold, one_line

#: lxml has no types of its own.
Element = Any

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
SILENT = frozenset({"script", "style", "template", "svg", "input"})
#: How much text may be taken out of one page, in characters: four times the largest page. Spending
#: it all takes about two seconds.
_TEXT_BUDGET = 20_000_000
#: What visiting one element costs of it.
_VISIT = 20


class Page:
    """One parsed page: `root` may be None (no element at all), `url` the address it came from."""

    def __init__(self, html: str, url: str | None) -> None:
        self.url = url
        self.root: Element | None = _parse(html)
        self._budget = _TEXT_BUDGET
        self._meta: dict[str, str] | None = None

    def iter(self, *tags: str) -> Iterator[Element]:
        """Elements in document order, of the given tag names or all."""
        if self.root is not None:
            yield from self.root.iter(*(tags or (etree.Element,)))

    def meta(self, *names: str) -> str | None:
        """The content of the first `<meta>` whose property, name or itemprop is in `names`."""
        if self._meta is None:
            self._meta = self._read_meta()
        return next((self._meta[name] for name in names if name in self._meta), None)

    def _read_meta(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for element in self.iter("meta"):
            content = one_line(element.get("content") or "")
            for key in ("property", "name", "itemprop"):
                name = (element.get(key) or "").strip().lower()
                if name and content:
                    found.setdefault(name, content)
        return found

    def text(self, element: Element) -> str:
        """Visible text with a line for every block; empty once the page's budget is spent."""
        parts: list[str] = []
        for piece in _pieces(element):
            self._budget -= len(piece) + _VISIT
            if self._budget < 0:
                return ""
            parts.append(piece)
        return fold("".join(parts))

    def within(self, element: Element) -> Iterator[Element]:
        """An element and all inside it; ends early once the page's budget is spent."""
        for inner in element.iter(etree.Element):
            self._budget -= _VISIT
            if self._budget < 0:
                return
            yield inner

    def line(self, element: Element) -> str:
        """`text` as one line."""
        return self.text(element).replace("\n", " ")


def _parse(html: str) -> Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        return etree.fromstring(html.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None


def _pieces(element: Element) -> Iterator[str]:
    """Text in document order; block tags give a line end before and after."""
    silent: Element | None = None
    for event, node in etree.iterwalk(element, events=("start", "end")):
        tag = node.tag
        if silent is not None:
            if event == "end" and node is silent:
                silent = None
                yield node.tail or ""
            continue
        if event == "start":
            if tag in SILENT and node is not element:
                silent = node
                continue
            if tag in BLOCKS:
                yield "\n"
            # Source line ends are blanks to a reader.
            yield (node.text or "").replace("\n", " ")
        else:
            if tag in BLOCKS:
                yield "\n"
            if node is not element:
                yield (node.tail or "").replace("\n", " ")


def classes(element: Element) -> list[str]:
    """The class names of an element, lower case."""
    return str(element.get("class") or "").lower().split()
