"""A POST that is sent again under the same key is done once, and answered as the first time.

A use of a key goes through three steps:

1. `claim`, in a unit of work of its own before anything is done: the use is now this attempt's.
2. `finish`, in the unit of work of the effect: the answer is kept exactly when the effect is. An
   attempt whose claim was taken over in the meantime fails here, and its effect is undone.
3. `release` instead of 2, when the attempt failed: nothing is kept, the key can be used again.

A process that dies between 1 and 2 leaves a claim, which lapses after `CLAIM`.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import ids, sealing
from potluck.core.actor import Actor
from potluck.core.errors import IdempotencyKeyInUse, IdempotencyKeyReused, InvalidToken

#: How long an answer is kept. Long enough for a client that was offline for the night.
KEEP = timedelta(hours=24)
#: After so long a claim without an answer is somebody's who is gone. No request takes that long:
#: an import, the slowest, is cut off before. Should one all the same, `finish` refuses it.
CLAIM = timedelta(seconds=30)
#: The label under which the secret of `use_of` is derived from the master key.
SECRET = "idempotency"  # noqa: S105


@dataclass(frozen=True)
class Use:
    """One request under one key, by digests from which neither can be found.

    `answer_key` opens the answer. It follows from the key and the request, which the database does
    not have: answers may hold secrets, such as the tokens of a sign-in.
    """

    id: str
    user_id: UUID | None
    fingerprint: str
    answer_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Claim:
    """The right of one attempt to answer a use."""

    id: UUID
    use: Use


def use_of(
    key: str, request: Iterable[bytes], actor: Actor, *, secret: bytes, per_request: bool = False
) -> Use:
    """The use of `key` by the actor for a request, given as all the parts that make it differ.

    The scopes and the household of the credential count as parts of the request: an answer is
    given again to the same rights alone. With `per_request`, and for strangers always, another
    request under the same key is another use: it neither meets nor disturbs the first.
    """
    rights = [str(actor.household_id), *sorted(actor.scopes)]
    asked = _digest(*request, *map(str.encode, rights))
    fingerprint = _mac(secret, b"fingerprint", asked)
    who = [str(actor.user_id).encode(), key.encode()]
    is_apart = per_request or actor.user_id is None
    return Use(
        id=_mac(secret, b"id", *who, *([asked] if is_apart else [])).hex(),
        user_id=actor.user_id,
        fingerprint=fingerprint.hex(),
        answer_key=_mac(secret, b"answer", *who, asked),
    )


async def claim(session: AsyncSession, use: Use, *, now: datetime) -> Claim | bytes:
    """The right to answer this use, or the answer that it was given already.

    Commit before anything is done with the right. Raises `IdempotencyKeyInUse` while another
    attempt has it, `IdempotencyKeyReused` when the answer is that of another request, and
    `InvalidToken` when the account is gone since it was looked up.
    """
    ours = Claim(ids.new_id(), use)
    values = {"fingerprint": use.fingerprint, "claim_id": ours.id, "claimed_at": now}
    try:
        is_new = await crud.idempotency_key.add(session, id=use.id, user_id=use.user_id, **values)
    except IntegrityError:  # of the account, the only row that a use refers to
        raise InvalidToken from None
    if is_new:
        return ours
    found = await crud.idempotency_key.get(session, use.id)
    if found is None:  # released just now
        raise IdempotencyKeyInUse(_RUNNING)
    expired = now - KEEP
    if found.answer is not None and found.claimed_at > expired:
        if found.fingerprint != use.fingerprint:
            raise IdempotencyKeyReused("The key was sent with another request. Send a new one.")
        return sealing.unseal(use.answer_key, found.answer.decode(), _place(use))
    # A claim from the future was made before the clock was set back.
    if found.answer is None and abs(now - found.claimed_at) < CLAIM:
        raise IdempotencyKeyInUse(_RUNNING)
    if not await crud.idempotency_key.take_over(session, found, expired=expired, **values):
        raise IdempotencyKeyInUse(_RUNNING)
    return ours


async def finish(session: AsyncSession, claim: Claim, answer: bytes) -> None:
    """Keep the answer, sealed; to be committed with the effect, or neither.

    Raises `IdempotencyKeyInUse` when the claim lapsed and another attempt has it.
    """
    use = claim.use
    sealed = sealing.seal(use.answer_key, answer, _place(use)).encode()
    if not await crud.idempotency_key.finish(session, use.id, claim_id=claim.id, answer=sealed):
        raise IdempotencyKeyInUse("It took too long, and was begun anew meanwhile. Ask again.")


async def release(session: AsyncSession, claim: Claim) -> None:
    """Let the key be used again; what was answered stays answered."""
    await crud.idempotency_key.release(session, claim.use.id, claim_id=claim.id)


async def remove_expired(session: AsyncSession, now: datetime) -> bool:
    """Remove uses that are no longer kept; true if there may be more of them."""
    return await crud.idempotency_key.remove_claimed(session, before=now - KEEP)


_RUNNING = "The first request with this key is still being worked on. Send it again in a moment."


def _place(use: Use) -> bytes:
    return sealing.cell("idempotency_key", "answer", use.id)


def _digest(*parts: bytes) -> bytes:
    """One digest of all parts; their lengths keep them apart."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.digest()


def _mac(secret: bytes, label: bytes, *parts: bytes) -> bytes:
    return hmac.digest(secret, label + b"\0" + _digest(*parts), hashlib.sha256)
