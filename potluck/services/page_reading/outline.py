"""The page as a reader sees it: its lines in order, each with what kind of line it is.

One walk serves two ends: finding the headings between the ingredient lines that structured data
lists flat, and reading pages that have no structured data at all.
"""

from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

from potluck.services.page_reading.text import fold
from potluck.services.page_reading.tree import BLOCKS, SILENT, Element, Page

_LEVELS = {f"h{level}": level for level in range(1, 7)} | {"dt": 7, "legend": 7, "caption": 7}
_BOLD = frozenset({"b", "strong", "u"})
_ITEMS = frozenset({"li", "tr"})
_MOST_LINES = 50_000
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


@dataclass(slots=True)
class Line:
    """One line of visible text.

    `level` is 1 to 6 for headings of that level, 7 for lesser ones (bold alone, `dt`), 0 for text.
    `item` numbers the list item or table row that the line stands in, 0 for none. `zone` is
    "ingredients" or "steps" where a class name says so, with `zone_id` telling zones apart.
    """

    text: str
    level: int = 0
    item: int = 0
    zone: str = ""
    zone_id: int = 0


class _Walk:
    """Collects text until a block begins or ends, then makes a line of it."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._text: list[str] = []
        self._plain = 0
        self._bold = 0
        self._levels: list[int] = []
        self._items: list[int] = []
        self._zones: list[tuple[str, int]] = [("", 0)]
        self._count = 0

    def add(self, text: str | None) -> None:
        if not text:
            return
        self._text.append(text.replace("\n", " "))
        if not self._bold and not text.isspace():
            self._plain += 1

    def flush(self) -> None:
        text = fold("".join(self._text)) if self._text else ""
        level = self._levels[-1] if self._levels else 0
        if text:
            if not level and not self._plain and not self._items:
                level = 7
            zone, zone_id = self._zones[-1]
            item = self._items[-1] if self._items else 0
            self.lines.append(Line(text.replace("\n", " "), level, item, zone, zone_id))
        self._text.clear()
        self._plain = 0

    def start(self, element: Element) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self.flush()
        if tag in _LEVELS:
            self._levels.append(_LEVELS[tag])
        if tag in _ITEMS:
            self._count += 1
            self._items.append(self._count)
        if tag in _HINTED:
            self._zones.append(self._zone_of(element))
        if tag in _BOLD:
            self._bold += 1
        self.add(element.text)

    def end(self, element: Element) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self.flush()
        if tag in _LEVELS:
            self._levels.pop()
        if tag in _ITEMS:
            self._items.pop()
        if tag in _HINTED:
            self._zones.pop()
        if tag in _BOLD:
            self._bold -= 1

    def _zone_of(self, element: Element) -> tuple[str, int]:
        words = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        zone = next((zone for hint, zone in _HINTS if hint in words), "")
        if not zone or zone == self._zones[-1][0]:
            return self._zones[-1]
        self._count += 1
        return zone, self._count


def read_outline(page: Page) -> list[Line]:
    """The visible lines of a page, at most 50,000."""
    walk = _Walk()
    if page.root is None:
        return walk.lines
    silent: Element | None = None
    for event, element in etree.iterwalk(page.root, events=("start", "end")):
        if silent is not None:
            if event == "end" and element is silent:
                silent = None
                walk.add(element.tail)
            continue
        if event == "start" and (element.tag in SILENT or element.tag in {"head", "nav", "footer"}):
            silent = element
            continue
        if event == "start":
            walk.start(element)
        else:
            walk.end(element)
            walk.add(element.tail)
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
            joined[-1] = Line(f"{last.text} {line.text}", 0, last.item, last.zone, last.zone_id)
        else:
            joined.append(line)
    return joined
