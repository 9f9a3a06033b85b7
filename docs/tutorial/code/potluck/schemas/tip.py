"""The tip of the day."""

from datetime import date

from potluck.schemas.base import Out


class Tip(Out):
    """What to try today; `day` is a day in UTC."""

    day: date
    text: str
