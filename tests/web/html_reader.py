"""A page as a list of elements, read by the standard library's parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr", "circle", "use", "path"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    #: All text inside, as a browser shows it.
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    def find(self, tag: str, **attributes: str) -> list["Element"]:
        """Elements inside, at any depth, with this tag and these attributes."""
        return [
            each
            for each in self.inside
            if each.tag == tag and attributes.items() <= each.attributes.items()
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("document", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        for outer in self.open:
            outer.inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and any(each.tag == tag for each in self.open):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read(html: str) -> Element:
    """The whole document; `find` looks in it."""
    reader = _Reader()
    reader.feed(f"{html!s}")
    reader.close()
    return reader.root
