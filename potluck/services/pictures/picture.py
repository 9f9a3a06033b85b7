"""What becomes of a picture, and what may be wrong with one."""

from dataclasses import dataclass
from typing import Literal

Format = Literal["webp", "avif"]
Code = Literal["not_a_picture", "too_many_pixels", "unreadable_picture"]

#: Widths in pixels that pages ask for: a card on a phone, a card on a sharp screen, the hero.
WIDTHS = (480, 800, 1200)
#: No file is taller than this many times the width asked for; a strip is made narrower instead.
TALLEST = 2
#: A side longer than this is refused, whatever the other one is.
LONGEST_SIDE = 12_000


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One file of a picture: `width` is its real width in pixels."""

    width: int
    format: Format
    content: bytes


@dataclass(frozen=True, slots=True)
class ProcessedPicture:
    """A picture that was decoded, turned upright and written anew, without its metadata.

    `digest` is the SHA-256 of what was sent, in hex. `width` and `height` are its pixels after
    turning. `colour` is the average as #rrggbb; `focus_x` and `focus_y` say in percent from the
    top left what a crop must keep. `files` hold every width in every format, smallest first, and
    at each width WebP first.
    """

    digest: str
    width: int
    height: int
    colour: str
    focus_x: int
    focus_y: int
    files: tuple[PictureFile, ...]

    @property
    def widths(self) -> list[int]:
        """Widths of the files, smallest first."""
        return sorted({file.width for file in self.files})

    @property
    def formats(self) -> list[Format]:
        """Formats that exist at every width, best first."""
        has_avif = any(file.format == "avif" for file in self.files)
        return ["avif", "webp"] if has_avif else ["webp"]

    @property
    def byte_size(self) -> int:
        """Bytes of all files together."""
        return sum(len(file.content) for file in self.files)


class UnusablePicture(Exception):
    """What was sent cannot become a cover; `detail` says to people what to do.

    `code` is `not_a_picture` (none of the five formats), `too_many_pixels`, or
    `unreadable_picture` (damaged, cut short, or more than the child may spend on one).
    """

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def unreadable() -> UnusablePicture:
    """The refusal of a picture that broke on the way."""
    detail = "The picture is damaged or cut short; open it, save it again, and send that."
    return UnusablePicture("unreadable_picture", detail)
