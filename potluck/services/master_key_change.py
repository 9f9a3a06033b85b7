"""The change of the master key: everything that is sealed is sealed anew, in one unit of work."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import sealing
from potluck.core.actor import Actor
from potluck.core.config_error import ConfigError
from potluck.core.errors import NotReady
from potluck.core.master_key import MasterKey
from potluck.core.sealing import Unsealable
from potluck.crud.crud_sealed import SealedColumn
from potluck.domain.audit import Action
from potluck.models import AuditHead, Instance, Job, SigningKey
from potluck.services import audit, personal_token_key
from potluck.services.signing_keys import sealing_key


@dataclass(frozen=True)
class Sealed:
    """A column that is sealed under what the master key gives for `label`.

    With `is_needed` a cell that does not open stops the change; else it is left as it is, since
    it was as unreadable before.
    """

    column: SealedColumn
    label: str
    is_needed: bool = True


#: Every column that is sealed under the master key; a test compares with the program.
SEALED = (
    Sealed(SealedColumn(SigningKey, "kid", "private_sealed"), "sealing"),
    Sealed(SealedColumn(Instance, "id", "token_key_sealed"), "sealing"),
    Sealed(SealedColumn(AuditHead, "id", "key_sealed"), "sealing"),
    Sealed(SealedColumn(Job, "id", "payload"), "job", is_needed=False),
)


@dataclass(frozen=True)
class Change:
    """How many cells were sealed anew, and how many were unreadable and left."""

    sealed: int
    left: int


async def rewrap(
    session: AsyncSession, old: MasterKey, new: MasterKey, *, now: datetime
) -> Change | None:
    """Seal everything under `new` that was sealed under `old`, and bind the database to `new`.

    None when the database belongs to `new` already. Raises `ConfigError` when it belongs to
    neither, `NotReady` when there is no instance yet or a needed cell does not open; then nothing
    of it may be committed.
    """
    instance = await crud.instance.get_for_update(session)
    if instance is None:
        raise NotReady("The database is not set up yet. Run: potluck migrate")
    if instance.master_key_fingerprint == new.fingerprint():
        return None
    if instance.master_key_fingerprint != old.fingerprint():
        raise ConfigError(["the database belongs neither to the old key nor to the new one"])
    kept = personal_token_key.opened(instance, old)
    done = left = 0
    for each in SEALED:
        resealed, unreadable = await _reseal(session, each, old, new)
        done, left = done + resealed, left + unreadable
    if instance.token_key_sealed is None:
        place = personal_token_key.PLACE
        instance.token_key_sealed = sealing.seal(sealing_key(new), kept, place)
        done += 1
    instance.master_key_fingerprint = new.fingerprint()
    await session.flush()
    # The event is bound with the key of the chain, which by then is sealed under the new one.
    session.info[audit.SEALING_KEY] = sealing_key(new)
    audit.record(session, Action.KEYS_REWRAPPED, actor=Actor.system(), now=now)
    return Change(done, left)


async def _reseal(
    session: AsyncSession, each: Sealed, old: MasterKey, new: MasterKey
) -> tuple[int, int]:
    """How many cells of one column were sealed anew, and how many could not be opened."""
    done = left = 0
    old_key, new_key = old.derive(each.label), new.derive(each.label)
    async for id, text in crud.sealed.each(session, each.column):
        if not sealing.is_sealed(text):
            continue  # the payloads of jobs that a migration made
        place = sealing.cell(*each.column.name, id)
        try:
            plaintext = sealing.unseal(old_key, text, place)
        except Unsealable:
            if each.is_needed:
                table, column = each.column.name
                raise NotReady(f"A cell of {table}.{column} does not open.") from None
            left += 1
            continue
        await crud.sealed.replace(session, each.column, id, sealing.seal(new_key, plaintext, place))
        done += 1
    return done, left
