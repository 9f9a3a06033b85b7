"""The audit: one event for each action that decides who may do what.

To have a new action recorded: give it a name in `domain.audit.Action` and a rule in `RULES`, call
`record` in the unit of work that does it, and add a row to `tests/audit_table.py`, which does it
through HTTP or a command; tests fail until the three agree.
"""

import json
from datetime import datetime
from functools import partial
from ipaddress import ip_address, ip_network
from uuid import UUID

import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import hash_chain, sealing
from potluck.core.actor import Actor
from potluck.core.clock import microseconds
from potluck.core.errors import Unavailable
from potluck.core.hash_chain import GENESIS
from potluck.core.request_context import current_fields, current_origin
from potluck.db.last_steps import do_last
from potluck.domain import user_agent
from potluck.domain.audit import NO_PROOF, RULES, Action, Outcome
from potluck.models import AuditEvent, AuditHead, Household, User

log = structlog.stdlib.get_logger("potluck.audit")

#: In `session.info`: the key under which that of the chain is sealed.
SEALING_KEY = "audit_sealing_key"
PLACE = sealing.cell("audit_head", "key_sealed", "1")

_EVENTS = "audit_events"
_CLIENT_MAX = 64
_NOT_HASHED = {"prev_hash", "hash"}
#: The name of what was acted upon, in `target_type`.
Target = tuple[str, UUID | None]

Detail = str | int | bool | list[str] | None


def record(
    session: AsyncSession,
    action: Action,
    *,
    actor: Actor | User,
    now: datetime,
    target: Target | User | Household | None = None,
    subject_id: UUID | None = None,
    household_id: UUID | None = None,
    outcome: Outcome = Outcome.DONE,
    **detail: Detail,
) -> None:
    """Have it recorded when this unit of work is committed, and only then.

    Call it once an action, anywhere in its unit of work; it sends no statement itself: the event
    is written last of all. `actor` is who does it (somebody who is just signing in: the account).
    `target` is what it is done to, `("token", id)`, or an account or a household itself.
    `subject_id` is the account that it concerns; left out, the target if that is one, else who
    does it. `household_id` is the household whose owners shall see it. What request and client it
    came from is known. `detail` has the members that the action's rule declares, small and never
    a secret, an address or a text that somebody wrote. Raises `ValueError` for others.
    """
    undeclared = set(detail) - RULES[action].detail
    if undeclared:
        raise ValueError(f"{action} declares no {', '.join(sorted(undeclared))}")
    fields, origin = current_fields(), current_origin()
    doer = Actor(user_id=actor.id) if isinstance(actor, User) else actor
    kind, target_id = _target(target)
    if isinstance(target, Household):
        household_id = target.id
    row = AuditEvent(
        at=now,
        action=action.value,
        outcome=outcome.value,
        actor_id=doer.user_id,
        credential_kind=fields.get("proof") or _without_proof(),
        credential_id=doer.credential_id,
        client=_client(origin.user_agent),
        ip_prefix=prefix_of(origin.host),
        request_id=fields.get("request_id"),
        target_type=kind,
        target_id=target_id,
        subject_id=subject_id or (target_id if kind == "user" else doer.user_id),
        household_id=household_id,
        detail=json.dumps(detail, sort_keys=True, separators=(",", ":")),
    )
    session.info.setdefault(_EVENTS, []).append(row)
    do_last(session, _append)


async def ensure_head(session: AsyncSession, sealing_key: bytes, key: bytes) -> None:
    """Begin the chain of a new installation, with this key of 32 random bytes."""
    if await crud.audit.head(session) is None:
        sealed = sealing.seal(sealing_key, key, PLACE)
        head = AuditHead(
            id=1, key_sealed=sealed, seq=0, hash=GENESIS, pruned_seq=0, pruned_hash=GENESIS
        )
        await crud.audit.add(session, head)


async def _append(session: AsyncSession) -> None:
    """Bind the events to the chain. Its head is the last lock that is taken."""
    rows: list[AuditEvent] = session.info.pop(_EVENTS)
    await session.flush()
    head = await locked_head(session)
    key = key_of(head, session.info[SEALING_KEY])
    for row in rows:
        row.seq, row.prev_hash = head.seq + 1, head.hash
        row.hash = hash_of(row, key)
        head.seq, head.hash = row.seq, row.hash
    await crud.audit.add(session, *rows)
    event.listen(session.sync_session, "after_commit", partial(_tell, rows), once=True)


async def locked_head(session: AsyncSession) -> AuditHead:
    """The head of the chain, locked. Raises `Unavailable`: what cannot be recorded is not done."""
    head = await crud.audit.head_for_update(session)
    if head is None:
        raise Unavailable("The audit has lost its end: the operator finds out with potluck doctor.")
    return head


def key_of(head: AuditHead, sealing_key: bytes) -> bytes:
    """The key of the chain. Raises `Unsealable`."""
    return sealing.unseal(sealing_key, head.key_sealed, PLACE)


def hash_of(row: AuditEvent, key: bytes) -> str:
    """What the hash of an event is, by all its other columns."""
    return hash_chain.link(key, row.prev_hash, _hashed(row))


def prefix_of(host: str | None) -> str | None:
    """The network of an address: /24 of IPv4, /48 of IPv6; None for what is no address."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return None
    if address.version == 6 and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    bits = 24 if address.version == 4 else 48
    return str(ip_network(f"{str(address).partition('%')[0]}/{bits}", strict=False))


def _hashed(row: AuditEvent) -> dict[str, hash_chain.Value]:
    fields: dict[str, hash_chain.Value] = {}
    for column in set(AuditEvent.__table__.columns.keys()) - _NOT_HASHED:
        value = getattr(row, column)
        if isinstance(value, datetime):
            value = microseconds(value)
        fields[column] = str(value) if isinstance(value, UUID) else value
    return fields


def _target(target: Target | User | Household | None) -> tuple[str | None, UUID | None]:
    if target is None:
        return None, None
    if isinstance(target, User):
        return "user", target.id
    return ("household", target.id) if isinstance(target, Household) else target


def _without_proof() -> str:
    """A command is the operator's, what nobody asked for the system's own."""
    fields = current_fields()
    if "job" in fields:
        return "system"
    return NO_PROOF if "request_id" in fields else "operator"


def _client(agent: str | None) -> str | None:
    """Short, and without what could not be stored or shown."""
    name = user_agent.device(agent) or ""
    return "".join(letter for letter in name if letter.isprintable())[:_CLIENT_MAX] or None


def _tell(rows: list[AuditEvent], _session: object) -> None:
    """One line of the log for each: whoever keeps logs elsewhere sees what is cut off here."""
    for row in rows:
        log.info(
            "audit",
            seq=row.seq,
            action=row.action,
            outcome=row.outcome,
            actor_id=row.actor_id and str(row.actor_id),
            proof=row.credential_kind,
            client=row.client,
            ip_prefix=row.ip_prefix,
            target_type=row.target_type,
            target_id=row.target_id and str(row.target_id),
            household_id=row.household_id and str(row.household_id),
            detail=row.detail,
            hash=row.hash,
        )
