"""Limits of requests, and how an answer tells them.

The fields `RateLimit` and `RateLimit-Policy` are those of draft-ietf-httpapi-ratelimit-headers-10,
structured fields (RFC 9651) that name the policy.
"""

from dataclasses import dataclass, replace
from math import ceil

#: Microseconds in a second: the counters are whole numbers of them.
SECOND_US = 1_000_000


@dataclass(frozen=True)
class Policy:
    """At most `quota` at once, and `quota` in every `window_s` seconds after that.

    `block` is how many a process takes from the shared budget at a time. The database cannot be
    asked: with `fails_open` the request goes on all the same.
    """

    name: str
    quota: int
    window_s: int
    block: int = 1
    fails_open: bool = False

    @property
    def window_us(self) -> int:
        """The window in microseconds."""
        return self.window_s * SECOND_US

    @property
    def interval_us(self) -> int:
        """How long the budget takes to grow by one, in microseconds."""
        return self.window_us // self.quota

    def budget(self, arrives_us: int, now_us: int) -> "Budget":
        """What is left when the next request is due at `arrives_us` (the counter that is kept)."""
        ahead_us = max(arrives_us - now_us, 0)
        remaining = (self.window_us - ahead_us) // self.interval_us
        return Budget(self, max(remaining, 0), ceil(ahead_us / SECOND_US))


@dataclass(frozen=True)
class Budget:
    """What is left of a policy: requests, and seconds until it is whole again."""

    policy: Policy
    remaining: int
    resets_in_s: int

    def plus(self, count: int) -> "Budget":
        """The same with requests that are taken and not spent."""
        return replace(self, remaining=self.remaining + count)

    def fields(self) -> dict[str, str]:
        """The header fields of an answer."""
        name, policy = self.policy.name, self.policy
        return {
            "RateLimit": f'"{name}";r={self.remaining};t={self.resets_in_s}',
            "RateLimit-Policy": f'"{name}";q={policy.quota};w={policy.window_s}',
        }
