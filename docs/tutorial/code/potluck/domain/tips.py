"""A tip for every day."""

from datetime import date

TIPS = (
    "Salt the water for pasta until it tastes like soup.",
    "Let meat rest before you cut it.",
    "Toast nuts and spices; they smell when they are done.",
    "Taste at the beginning, in the middle and at the end.",
)


def tip_for(day: date) -> str:
    """The tip of a day: the next one every day, and the first again after the last."""
    return TIPS[day.toordinal() % len(TIPS)]
