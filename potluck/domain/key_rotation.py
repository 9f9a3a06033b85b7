"""When a signing key signs, when it only verifies, and when it is worth nothing any more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Seconds for which others may keep the published keys (`Cache-Control` of the JWK set).
PUBLISHED_S = 300
#: Seconds after which a process reads the keys again before it uses them.
RELOAD_S = 5
#: Seconds until a key that must sign soon signs: twice the time in which every process reads it.
SOON_S = 2 * RELOAD_S


class KeyState(StrEnum):
    """next -> active -> verify-only -> gone."""

    NEXT = "next"
    ACTIVE = "active"
    VERIFY_ONLY = "verify-only"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class KeyLife:
    """A key's instants, aware UTC: it signs from `active_from` until `retires_at`.

    It verifies until `gone_at`, and before it signs too, as another process may be ahead. Both
    ends are None for the last key, which has none yet.
    """

    kid: str
    state: KeyState
    created_at: datetime
    active_from: datetime
    retires_at: datetime | None
    gone_at: datetime | None


def overlap_s(access_s: int, leeway_s: int) -> int:
    """How long a retired key goes on verifying, in seconds.

    The life of what it signed last, the leeway that an expired token is given, and the same once
    more for a process whose clock is behind and which retires the key that much later.
    """
    return access_s + 2 * leeway_s


def lives(
    keys: Iterable[tuple[str, datetime, datetime | None]], now: datetime, overlap: timedelta
) -> list[KeyLife]:
    """The lives of keys given as id, creation and retirement, in the order in which they sign.

    Exactly one key signs at any instant: the first that has not retired. So each begins when the
    one before it retires.
    """
    found: list[KeyLife] = []
    begins: datetime | None = None
    for kid, created_at, retires_at in keys:
        gone_at = retires_at and retires_at + overlap
        if gone_at is not None and gone_at <= now:
            state = KeyState.GONE
        elif retires_at is not None and retires_at <= now:
            state = KeyState.VERIFY_ONLY
        elif begins is not None and begins > now:
            state = KeyState.NEXT
        else:
            state = KeyState.ACTIVE
        found.append(KeyLife(kid, state, created_at, begins or created_at, retires_at, gone_at))
        begins = retires_at
    return found
