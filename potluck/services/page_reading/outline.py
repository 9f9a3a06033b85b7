"""The page as a reader sees it: its lines in order, each with what kind of line it is.

One walk serves three ends: finding the headings between the ingredient lines that structured data
lists flat, the times and yields that stand beside labels, and reading pages that have no structured
data at all.
"""

from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree  # type: ignore[import-untyped]

from potluck.services.page_reading.text import fold
from potluck.services.page_reading.tree import BLOCKS, SILENT, Element, Page, classes

_LEVELS = {f"h{level}": level for level in range(1, 7)} | {"dt": 7, "legend": 7, "caption": 7}
_LEVELLED = frozenset({*_LEVELS, "div"})
_TITLES = ("title", "heading", "header", "subtitle", "subheading", "group-name")
_BOLD = frozenset({"b", "strong", "u"})
_ITEMS = frozenset({"li", "tr"})
#: Not read when they are small: where one is left open, it swallows the rest of the page.
_ASIDE = frozenset({"nav", "footer", "button", "noscript", "select", "iframe", "textarea"})
_MOST_SWALLOWED = 5
#: Words for screen readers, which repeat an abbreviation beside them ("5 minutes mins").
_HIDDEN = frozenset({"sr-only", "screen-reader-text", "visually-hidden", "screen-reader-only"})
_MOST_LINES = 10_000
#: Parts of class names and ids that say what a block holds.
_HINTS = (
    ("ingredient", "ingredients"),
    ("ingrédient", "ingredients"),
    ("zutat", "ingredients"),
    ("instruction", "steps"),
    ("direction", "steps"),
    ("preparation", "steps"),
    ("zubereitung", "steps"),
    ("recipe-steps", "steps"),
    ("recipe-method", "steps"),
    ("recipe__method", "steps"),
)
_HINTED = frozenset({"div", "section", "ul", "ol", "table", "dl", "aside"})
_BOXES = _HINTED | {"article", "main", "body", "tbody", "form", "td"}


@dataclass(slots=True)
class Line:
    """One line of visible text.

    `level` is 1 to 6 for headings of that level, 7 for lesser ones (bold alone, `dt`), 0 for text.
    `item` numbers the list item or table row that the line stands in, 0 for none; `depth` counts
    the lists, tables and divisions around it. `zone` is "ingredients" or "steps" where a class name
    says so, with `zone_id` telling zones apart. `is_link` when all its words are one link.
    """

    text: str
    level: int = 0
    item: int = 0
    depth: int = 0
    zone: str = ""
    zone_id: int = 0
    is_link: bool = False


class _Walk:
    """Collects text until a block begins or ends, then makes a line of it."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._text: list[str] = []
        self._plain = self._unlinked = 0
        self._bold = self._links = self._depth = self._count = 0
        self._levels: list[int] = []
        self._items: list[int] = []
        self._zones: list[tuple[str, int]] = [("", 0)]

    def add(self, text: str | None) -> None:
        if not text:
            return
        self._text.append(text.replace("\n", " "))
        if not text.isspace():
            self._plain += not self._bold
            self._unlinked += not self._links

    def flush(self) -> None:
        text = fold("".join(self._text)) if self._text else ""
        if text:
            level = self._levels[-1] if self._levels else 0
            if not level and not self._plain and not self._items:
                level = 7
            zone, zone_id = self._zones[-1]
            self.lines.append(
                Line(
                    text=text.replace("\n", " "),
                    level=level,
                    item=self._items[-1] if self._items else 0,
                    depth=self._depth,
                    zone=zone,
                    zone_id=zone_id,
                    is_link=not self._unlinked,
                )
            )
        self._text.clear()
        self._plain = self._unlinked = 0

    def start(self, element: Element) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self.flush()
        if tag in _LEVELS or tag == "div":
            self._levels.append(_LEVELS.get(tag) or self._level_of(element))
        if tag in _ITEMS:
            self._items.append(self._next())
        self._depth += tag in _BOXES
        if tag in _HINTED:
            self._zones.append(self._zone_of(element))
        self._bold += tag in _BOLD
        self._links += tag == "a"
        self.add(element.text)

    def end(self, element: Element) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self.flush()
        for tags, stack in (
            (_LEVELLED, self._levels),
            (_ITEMS, self._items),
            (_HINTED, self._zones),
        ):
            if tag in tags:
                stack.pop()
        self._depth -= tag in _BOXES
        self._bold -= tag in _BOLD
        self._links -= tag == "a"

    def _level_of(self, element: Element) -> int:
        """Within ingredients or steps a division may be called title or heading by its class."""
        if not self._zones[-1][0]:
            return 0
        return 7 if any(name.endswith(_TITLES) for name in classes(element)) else 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _zone_of(self, element: Element) -> tuple[str, int]:
        words = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        zone = next((zone for hint, zone in _HINTS if hint in words), "")
        if not zone or zone == self._zones[-1][0]:
            return self._zones[-1]
        return zone, self._next()


class _Skipping:
    """Tells the elements that hold none of the page's own text."""

    def __init__(self, root: Element) -> None:
        self._half = sum(1 for _ in root.iter()) // 2
        self._swallowed = 0

    def __call__(self, element: Element) -> bool:
        if element.tag == "span":
            return not _HIDDEN.isdisjoint(classes(element))
        if element.tag not in _ASIDE:
            return element.tag in SILENT or element.tag == "head"
        if self._swallowed >= _MOST_SWALLOWED:
            return True
        is_large = next(islice(element.iter(), max(self._half, 100), None), None) is not None
        self._swallowed += is_large
        return not is_large


def read_outline(page: Page) -> list[Line]:
    """The visible lines of a page, at most 10,000."""
    walk = _Walk()
    if page.root is None:
        return walk.lines
    is_skipped = _Skipping(page.root)
    skipped: Element | None = None
    for event, element in etree.iterwalk(page.root, events=("start", "end")):
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                walk.add(element.tail)
        elif event == "end":
            walk.end(element)
            walk.add(element.tail)
        elif is_skipped(element):
            skipped = element
        else:
            walk.start(element)
        if len(walk.lines) >= _MOST_LINES:
            break
    walk.flush()
    return walk.lines


def join_items(lines: list[Line]) -> list[Line]:
    """Lines of one list item or table row as one line."""
    joined: list[Line] = []
    for line in lines:
        if joined and line.item and line.item == joined[-1].item:
            last = joined[-1]
            joined[-1] = replace(
                last,
                text=f"{last.text} {line.text}",
                level=0,
                is_link=last.is_link and line.is_link,
            )
        else:
            joined.append(line)
    return joined
