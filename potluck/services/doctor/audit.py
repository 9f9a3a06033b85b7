"""The audit: nothing in it was changed, put in or taken out."""

from collections.abc import AsyncIterator

from potluck import crud
from potluck.core.config_error import ConfigError
from potluck.core.sealing import Unsealable
from potluck.models import AuditHead
from potluck.services import audit, audit_chain
from potluck.services.audit_chain import Walk
from potluck.services.doctor.finding import Finding, Patient, counted
from potluck.services.doctor.key import key_of
from potluck.services.signing_keys import sealing_key

CHECK = "audit"
#: Read at a time.
BATCH = 500
_BEFORE_ALL = -(2**62)


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """Every event, a few at a time, from the oldest on to the first that does not fit."""
    try:
        master_key = key_of(patient.settings)
    except ConfigError:
        return  # told already
    head = await _head(patient)
    if master_key is None or head is None:
        return
    try:
        key = audit.key_of(head, sealing_key(master_key))
    except Unsealable:
        yield Finding(
            CHECK,
            "error",
            "The key of the audit does not open: nobody can tell whether events were changed.",
            "Bring the database back from your last good copy.",
        )
        return
    yield await _walked(patient, key, head)


async def _head(patient: Patient) -> AuditHead | None:
    async with patient.reading() as session:
        return await crud.audit.head(session)


async def _walked(patient: Patient, key: bytes, head: AuditHead) -> Finding:
    walk = audit_chain.begin(head, key)
    if walk.fault is None:
        await _go_on(patient, walk)
    if walk.fault is None:
        number = counted(walk.seq - head.pruned_seq, "event")
        return Finding(CHECK, "ok", f"{number}, the last is {walk.seq} with hash {walk.hash}.")
    now = await _head(patient)
    if now is not None and now.pruned_seq != head.pruned_seq:  # shortened while we looked
        return await _walked(patient, key, now)
    return Finding(
        CHECK,
        "error",
        f"In the audit, {walk.fault}.",
        "Somebody changed the database, or the disk did: compare with the log, which has a line"
        " for each event, and with your last good copy.",
    )


async def _go_on(patient: Patient, walk: Walk) -> None:
    """To the end, or to the first event that does not fit."""
    last = _BEFORE_ALL
    while True:
        async with patient.reading(long=True) as session:
            rows = await crud.audit.after(session, last, limit=BATCH)
        if not rows:
            walk.end()
            return
        if not all(walk.step(row) for row in rows):
            return
        last = rows[-1].seq
