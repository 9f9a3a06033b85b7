"""How large the files of a picture are.

Widths of 480, 800 and 1200 pixels, never more than the picture has: one of 1000 pixels gives 480,
800 and 1000, one of 300 gives 300. A picture more than twice as high as wide is fitted into that
shape, so its files are narrower than asked for.
"""

from potluck.services.pictures.picture import TALLEST, WIDTHS


def fitting(
    width: int, height: int, *, is_on_its_side: bool = False, asked: int = WIDTHS[-1]
) -> tuple[int, int]:
    """The largest size of a picture's shape within `asked` by twice `asked` and within its own.

    `is_on_its_side`: the picture will be turned by a quarter, the size is meant before that.
    """
    box = (asked, asked * TALLEST)
    across, down = reversed(box) if is_on_its_side else box
    scale = min(1, across / width, down / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def sizes(width: int, height: int) -> list[tuple[int, int]]:
    """The sizes of the files of an upright picture, smallest first."""
    by_width = dict(fitting(width, height, asked=asked) for asked in WIDTHS)
    return sorted(by_width.items())
