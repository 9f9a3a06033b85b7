"""What one process remembers of the shared counters, so that it need not ask for every request."""

from collections import OrderedDict
from dataclasses import dataclass

from potluck.core.clock import Clock
from potluck.core.rate_limit import Budget

#: Entries of a kind; the oldest goes when one more comes (about 3 MB of each kind).
MOST = 10_000


@dataclass
class _Block:
    """Requests that are taken from the shared budget and not spent."""

    count: int
    budget: Budget
    until_s: float


class ThrottleMemory:
    """Refusals until their end, and blocks that are not spent; both bounded."""

    def __init__(self, clock: Clock, *, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._refused: OrderedDict[str, float] = OrderedDict()
        self._blocks: OrderedDict[str, _Block] = OrderedDict()
        self._unasked_until_s = float("-inf")

    def __len__(self) -> int:
        return len(self._refused) + len(self._blocks)

    @property
    def is_unasked(self) -> bool:
        """Whether the counters are left alone for now, because they did not answer."""
        return self._clock.monotonic_s() < self._unasked_until_s

    def leave_unasked(self, for_s: float) -> None:
        """Leave the counters alone for so long."""
        self._unasked_until_s = self._clock.monotonic_s() + for_s

    def refuse(self, key: str, for_s: float) -> None:
        """Refuse whatever has this key for so long."""
        self._refused[key] = self._clock.monotonic_s() + for_s
        self._refused.move_to_end(key)
        if len(self._refused) > self._most:
            self._refused.popitem(last=False)

    def refused_s(self, key: str) -> float:
        """For how many seconds more the key is refused; 0 if it is not."""
        until_s = self._refused.get(key)
        if until_s is None:
            return 0.0
        left_s = until_s - self._clock.monotonic_s()
        if left_s <= 0:
            del self._refused[key]
        return max(left_s, 0.0)

    def keep(self, key: str, count: int, budget: Budget) -> None:
        """Have so many requests to spend; what is left after a window lapses."""
        until_s = self._clock.monotonic_s() + budget.policy.window_s
        self._blocks[key] = _Block(count, budget, until_s)
        self._blocks.move_to_end(key)
        if len(self._blocks) > self._most:
            self._blocks.popitem(last=False)

    def spend(self, key: str) -> Budget | None:
        """Spend one request; None when there is none left."""
        block = self._blocks.get(key)
        if block is None:
            return None
        if block.until_s <= self._clock.monotonic_s():
            del self._blocks[key]
            return None
        block.count -= 1
        if block.count == 0:
            del self._blocks[key]
        return block.budget.plus(block.count)
