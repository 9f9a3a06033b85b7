"""What becomes of work that nobody waits for, and when it is tried again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

#: A job is live while it is queued or running; the others are its ends.
JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]


@dataclass(frozen=True)
class Retries:
    """How often a kind of work is tried, and how long it rests in between.

    The pause doubles from `first` up to `longest`. Half of it is chance: work that failed together,
    because what it needs was away, does not come back together (exponential backoff with jitter).
    """

    tries: int = 5
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=6)

    def is_spent(self, tries: int) -> bool:
        """Whether work that has been tried so often is given up."""
        return tries >= self.tries

    def pause(self, tries: int, chance: float) -> timedelta:
        """How long to rest after the `tries`-th try (from 1); `chance` is from 0 to 1.

        Between half of the doubled pause and the whole of it.
        """
        doublings = min(tries - 1, 32)
        whole = min(self.first * (1 << doublings), self.longest)
        return whole * (0.5 + chance / 2)
