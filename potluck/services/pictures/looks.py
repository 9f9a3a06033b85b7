"""What a page must know of a picture before it has arrived: its colour, and what to keep of it."""

from PIL import Image

#: A side of the thumbnail that is searched for edges; finer ones find grain instead.
_SIDE = 48


def colour(image: Image.Image) -> str:
    """The average of a picture as #rrggbb."""
    average = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    return "#" + average.hex()


def focus(image: Image.Image) -> tuple[int, int]:
    """What a crop must keep, in percent from the top left: where the edges have their centre.

    Each point weighs the square of how much the brightness changes there, so that one sharp plate
    outweighs a whole table cloth. The middle where nothing changes.
    """
    grey = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX).tobytes()
    total = across = down = 0
    for y in range(1, _SIDE - 1):
        for x in range(1, _SIDE - 1):
            here = y * _SIDE + x
            change_x = grey[here + 1] - grey[here - 1]
            change_y = grey[here + _SIDE] - grey[here - _SIDE]
            weight = change_x * change_x + change_y * change_y
            total += weight
            across += weight * x
            down += weight * y
    if total == 0:
        return 50, 50
    return round(100 * across / total / (_SIDE - 1)), round(100 * down / total / (_SIDE - 1))
