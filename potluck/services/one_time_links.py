"""Links that do one thing once: made, looked at, used up.

The token in the link is the right. It has 256 random bits and the prefix of its kind, and the
database keeps its digest alone (OWASP ASVS 5.0, 6.4.1, 6.5.1 to 6.5.3).
"""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import opaque
from potluck.core.errors import NotFound
from potluck.core.ids import new_id
from potluck.core.opaque import Prefix
from potluck.domain.email_address import email_key
from potluck.domain.one_time_links import LIVES, LinkKind
from potluck.models import OneTimeLink, User

_PREFIXES = {
    LinkKind.VERIFY: Prefix.VERIFY,
    LinkKind.RESET: Prefix.RESET,
    LinkKind.EMAIL_CHANGE: Prefix.EMAIL_CHANGE,
    LinkKind.EMAIL_CANCEL: Prefix.EMAIL_CANCEL,
}
#: The pages that the links lead to. Opening one changes nothing: programs that look through mail
#: open links, too.
_PAGES = {
    LinkKind.VERIFY: "/verify",
    LinkKind.RESET: "/reset",
    LinkKind.EMAIL_CHANGE: "/email-change",
    LinkKind.EMAIL_CANCEL: "/email-change/cancel",
}
#: What another password or address makes worthless. What takes a changed address back stays: who
#: took it away would otherwise only have to change the password as well.
_VOIDED = frozenset(LinkKind) - {LinkKind.EMAIL_CANCEL}


async def issue(
    session: AsyncSession, kind: LinkKind, user: User, address: str, *, now: datetime
) -> tuple[str, datetime]:
    """A new link of the account: its path below the base URL, and when it ends."""
    row = OneTimeLink(user_id=user.id, **_about(address))
    return await add(session, kind, row, now=now)


async def add(
    session: AsyncSession, kind: LinkKind, row: OneTimeLink, *, now: datetime
) -> tuple[str, datetime]:
    """Store a link under a new token; gives its path below the base URL, and when it ends."""
    token = opaque.issue(_PREFIXES[kind])
    row.id, row.kind, row.digest = new_id(), kind, opaque.digest(token)
    row.created_at, row.expires_at = now, now + LIVES[kind]
    await crud.one_time_link.add(session, row)
    return f"{_PAGES[kind]}?{urlencode({'token': token})}", row.expires_at


async def find(
    session: AsyncSession, kind: LinkKind, token: str, *, now: datetime
) -> tuple[OneTimeLink, User | None]:
    """The open link that a token belongs to, and its account.

    Raises `NotFound` in the same words for every token that does nothing.
    """
    found = None
    if opaque.has_prefix(token, _PREFIXES[kind]):
        found = await crud.one_time_link.by_digest(session, kind, opaque.digest(token), now=now)
    if found is None:
        raise not_open()
    return found


async def use(session: AsyncSession, link: OneTimeLink, *, now: datetime) -> None:
    """Use it up. Raises `NotFound` when somebody else just did."""
    if not await crud.one_time_link.use(session, link.id, now=now):
        raise not_open()


async def void(session: AsyncSession, user_id: UUID) -> None:
    """What another password or address does to the links that were sent before."""
    await crud.one_time_link.remove_of_user(session, user_id, _VOIDED)


async def remove_expired(session: AsyncSession, now: datetime) -> bool:
    """Forget links past their end; true if there may be more of them."""
    return await crud.one_time_link.remove_expired(session, now)


def not_open() -> NotFound:
    """The refusal of every token that does nothing."""
    return NotFound("This link is not valid: it was used or replaced, or has expired.")


def _about(address: str) -> dict[str, str]:
    return {"address": address, "address_key": email_key(address)}
