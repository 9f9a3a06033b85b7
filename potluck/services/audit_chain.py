"""The chain of the audit, looked at from one end to the other, and shortened at its beginning."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import hash_chain
from potluck.models import AuditEvent, AuditHead
from potluck.services import audit

#: How many events go in one unit of work.
BATCH = 1_000


@dataclass
class Walk:
    """Where a look along the chain has come to; `fault` says what is wrong there."""

    key: bytes
    head: AuditHead
    seq: int
    hash: str
    fault: str | None = None

    def step(self, row: AuditEvent) -> bool:
        """Look at the next event that there is; whether it fits."""
        expected = self.seq + 1
        if row.seq > expected:
            self.fault = f"event {expected} is missing"
        elif row.seq < expected:
            self.fault = f"event {row.seq} was put in"
        elif row.prev_hash != self.hash or not self._is_bound(row):
            self.fault = f"event {row.seq} was changed or put in"
        elif row.seq == self.head.seq and row.hash != self.head.hash:
            self.fault = f"event {row.seq} is not the one that was written last"
        self.seq, self.hash = row.seq, row.hash
        return self.fault is None

    def end(self) -> None:
        """There is no further event."""
        if self.fault is None and self.seq < self.head.seq:
            self.fault = f"event {self.seq + 1} is missing"

    def _is_bound(self, row: AuditEvent) -> bool:
        return hmac.compare_digest(audit.hash_of(row, self.key), row.hash)


def begin(head: AuditHead, key: bytes) -> Walk:
    """A look from the first event on that was not removed for its age."""
    walk = Walk(key, head, head.pruned_seq, head.pruned_hash)
    is_forged = head.pruned_seq and head.pruned_mac != _mark(key, head.pruned_seq, head.pruned_hash)
    if is_forged or (not head.pruned_seq and head.pruned_hash != hash_chain.GENESIS):
        walk.fault = f"events up to {head.pruned_seq} were not removed by their age"
    return walk


async def remove_old(session: AsyncSession, now: datetime, *, keep_days: int) -> bool:
    """Remove events past their time, the oldest first; true if there may be more of them.

    The hash of the last of them stays, with a keyed hash that says so: what follows is bound to
    it, and nobody without the key can pass other events off as removed by age.
    """
    before = now - timedelta(days=keep_days)
    if not await crud.audit.oldest(session, before=before, limit=1):
        return False
    head = await audit.locked_head(session)
    key = audit.key_of(head, session.info[audit.SEALING_KEY])
    rows = await crud.audit.oldest(session, before=before, limit=BATCH)
    if rows:
        last = rows[-1]
        head.pruned_seq, head.pruned_hash = last.seq, last.hash
        head.pruned_mac = _mark(key, last.seq, last.hash)
        await crud.audit.add(session)
        await crud.audit.remove_through(session, last.seq)
    return len(rows) == BATCH


def _mark(key: bytes, seq: int, hash: str) -> str:
    return hash_chain.link(key, hash, {"pruned": seq})
