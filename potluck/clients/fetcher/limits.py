"""How much one outgoing request may cost: time, bytes and neighbours."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class FetchLimits:
    """Bounds of a fetch; seconds may be fractions.

    The defaults hold any recipe page seen in practice. The times inside one fetch are shares of
    `timeout_s`, so that an operator sets one number and the order between them stays right.
    """

    timeout_s: float = 10.0
    #: Bytes of a body, on the wire as well as unpacked.
    max_bytes: int = 5_000_000
    #: Bytes of a status line with its headers.
    max_head_bytes: int = 32 * 1024
    #: Pieces of a body: a page in smaller slices than 500 bytes is more work than page.
    max_chunks: int = 10_000
    max_redirects: int = 4
    per_asker: int = 4
    in_all: int = 20
    per_host: int = 2
    #: Between the starts of two fetches from one host.
    host_pause_s: float = 1.0
    #: The longest wait for a free place before the answer is "busy".
    queue_s: float = 10.0
    cache_s: float = 600.0
    #: Memory of all kept pages together.
    cache_bytes: int = 16_000_000

    @property
    def resolve_s(self) -> float:
        """Longest name look-up: 2 s of the usual 10."""
        return 0.2 * self.timeout_s

    @property
    def connect_s(self) -> float:
        """Longest look-up, dialling and TLS handshake together: 3 s of the usual 10."""
        return 0.3 * self.timeout_s

    @property
    def failure_step_s(self) -> float:
        """Failures are told at multiples of this: 4 s of the usual 10.

        It is longer than `connect_s`, so a port that refuses, a port that swallows and a port that
        speaks something else fail at the same moment.
        """
        return 0.4 * self.timeout_s


def for_pictures(pages: FetchLimits, max_bytes: int) -> FetchLimits:
    """The limits of a picture where those of a page are `pages`: 15 s instead of the usual 10.

    The pieces of its body may be as small as those of a page.
    """
    share = max(1.0, max_bytes / FetchLimits.max_bytes)
    return replace(
        pages,
        timeout_s=1.5 * pages.timeout_s,
        max_bytes=max_bytes,
        max_chunks=int(share * pages.max_chunks),
    )
