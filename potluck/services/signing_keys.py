"""The keys of access tokens: sealed in the database, opened by every process, and rotated."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from joserfc.jwk import OctKey, OKPKey
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import envelope, sealing, signing_keys
from potluck.core.access_token import LEEWAY_S
from potluck.core.actor import Actor
from potluck.core.clock import Clock
from potluck.core.errors import NotReady
from potluck.core.flights import Flights
from potluck.core.master_key import MasterKey
from potluck.core.sealing import Unsealable
from potluck.core.signing_keys import SigningKeys
from potluck.domain.audit import Action
from potluck.domain.key_rotation import (
    PUBLISHED_S,
    RELOAD_S,
    SOON_S,
    KeyLife,
    KeyState,
    lives,
    overlap_s,
)
from potluck.models import SigningKey
from potluck.services import audit

FOREIGN = "The database belongs to another master key."


class KeyRing:
    """The signing keys of the instance, as this process knows them: at most `RELOAD_S` old.

    `access_s` is the life of an access token in seconds.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractAsyncContextManager[AsyncSession]],
        master_key: MasterKey,
        clock: Clock,
        access_s: int,
    ) -> None:
        self._reading = reading
        self._master_key = master_key
        self._clock = clock
        self._access_s = access_s
        self._rows: list[SigningKey] = []
        self._opened: dict[str, OKPKey] = {}
        self._envelope_keys: dict[str, OctKey] = {}
        self._kids: list[str] = []
        self._keys: SigningKeys
        self._read_at_s: float | None = None
        self._looked_again_at_s: float | None = None
        #: While the database is away its callers wait for one failure, not one after the other.
        self._flights: Flights[str, None] = Flights()

    async def current(self) -> SigningKeys:
        """The keys as of now.

        Once in `RELOAD_S` a call opens a short read session of its own: call it before the
        request's first statement. Raises `NotReady` when the instance has no key yet.
        """
        if self._is_past(self._read_at_s):
            await self._flights.join("current", self._read)
        return self._as_of_now()

    async def look_again(self) -> SigningKeys:
        """The keys, for a token that names one that `current` does not have.

        They are read for such tokens at most once in `RELOAD_S`, whoever sends them; callers at
        the same moment share what is read.
        """
        if self._is_past(self._looked_again_at_s):
            await self._flights.join("again", self._read_again)
        return self._as_of_now()

    def _is_past(self, at_s: float | None) -> bool:
        return at_s is None or abs(self._clock.monotonic_s() - at_s) >= RELOAD_S

    async def _read(self) -> None:
        began_at_s = self._clock.monotonic_s()
        async with self._reading() as session:
            rows = await crud.instance.signing_keys(session)
        self._opened = {row.kid: self._opened.get(row.kid) or self._open(row) for row in rows}
        self._envelope_keys = {
            kid: self._envelope_keys.get(kid) or envelope.derive_key(self._master_key, kid)
            for kid in self._opened
        }
        self._rows, self._read_at_s = rows, began_at_s

    async def _read_again(self) -> None:
        await self._read()
        self._looked_again_at_s = self._read_at_s

    def _as_of_now(self) -> SigningKeys:
        """Put together anew only when another key signs or counts: every request asks."""
        by_state: dict[KeyState, list[str]] = {state: [] for state in KeyState}
        for life in lives_of(self._rows, now=self._clock.now(), access_s=self._access_s):
            by_state[life.state].append(life.kid)
        if not by_state[KeyState.ACTIVE]:
            raise NotReady("The database is not set up yet. Run: potluck migrate")
        others = by_state[KeyState.NEXT] + by_state[KeyState.VERIFY_ONLY]
        kids = [*by_state[KeyState.ACTIVE], *others]
        if kids != self._kids:
            active, *verify_only = (self._opened[kid] for kid in kids)
            envelope_keys = {kid: self._envelope_keys[kid] for kid in kids}
            self._keys = SigningKeys(active, verify_only, envelope_keys)
            self._kids = kids
        return self._keys

    def _open(self, row: SigningKey) -> OKPKey:
        try:
            data = sealing.unseal(sealing_key(self._master_key), row.private_sealed, _cell(row.kid))
        except Unsealable:
            raise NotReady(FOREIGN) from None
        return signing_keys.import_private(data)


def sealing_key(master_key: MasterKey) -> bytes:
    """The key that seals secrets at rest."""
    return master_key.derive("sealing")


def _cell(kid: str) -> bytes:
    return sealing.cell("signing_key", "private_sealed", kid)


def lives_of(rows: list[SigningKey], *, now: datetime, access_s: int) -> list[KeyLife]:
    """The lives of stored keys, in the order of `crud.instance.signing_keys`."""
    overlap = timedelta(seconds=overlap_s(access_s, LEEWAY_S))
    return lives(((row.kid, row.created_at, row.retired_at) for row in rows), now, overlap)


async def every(session: AsyncSession, *, now: datetime, access_s: int) -> list[KeyLife]:
    """Every key that is stored, in the order in which they sign; nothing of it is secret."""
    return lives_of(await crud.instance.signing_keys(session), now=now, access_s=access_s)


async def ensure_one(session: AsyncSession, master_key: MasterKey, clock: Clock) -> None:
    """Make the first signing key of an instance when it has none."""
    if not await crud.instance.signing_keys(session):
        await _add(session, master_key, now=clock.now())


async def rotate(
    session: AsyncSession,
    master_key: MasterKey,
    *,
    now: datetime,
    access_s: int,
    is_soon: bool = False,
    is_old_refused: bool = False,
) -> KeyLife:
    """Make the key that signs next; gives its life, or that of one that waits already.

    It signs once everybody who verifies has had the time to learn of it: `PUBLISHED_S` and what
    clocks may differ by; with `is_soon` in `SOON_S`, which every process of this instance is sure
    to have read it in, and in place of one that waits for its turn. With `is_old_refused` it signs
    at once and every other key is removed, so that all access tokens there are get refused.
    """
    await _locked(session, master_key)
    rows = {row.kid: row for row in await crud.instance.signing_keys(session)}
    known = lives_of(list(rows.values()), now=now, access_s=access_s)
    waiting = [life for life in known if life.state is KeyState.NEXT]
    if waiting and not (is_soon or is_old_refused):
        return waiting[0]
    # The latest of those that are gone stays: it tells since when the active one signs.
    gone = [life for life in known if life.state is KeyState.GONE][:-1]
    removed = known if is_old_refused else waiting + gone
    await crud.instance.remove_signing_keys(session, [life.kid for life in removed])
    if not is_old_refused:
        active = next(life for life in known if life.state is KeyState.ACTIVE)
        wait_s = SOON_S if is_soon else PUBLISHED_S + LEEWAY_S
        rows[active.kid].retired_at = now + timedelta(seconds=wait_s)
    await _add(session, master_key, now=now)
    audit.record(
        session,
        Action.KEYS_ROTATED,
        actor=Actor.system(),
        now=now,
        is_old_refused=is_old_refused,
    )
    return (await every(session, now=now, access_s=access_s))[-1]


async def rotate_when_due(
    session: AsyncSession, master_key: MasterKey, *, now: datetime, access_s: int, days: int
) -> KeyLife | None:
    """Make the key that signs next once the active one has signed for so many days.

    Gives its life; None when it is not due, or a key waits for its turn already. Whoever asks at
    the same moment, in whatever process, waits and finds the key of the first.
    """
    await _locked(session, master_key)
    signing = [
        life
        for life in await every(session, now=now, access_s=access_s)
        if life.state is KeyState.ACTIVE and life.retires_at is None
    ]
    if not signing or now - signing[0].active_from < timedelta(days=days):
        return None
    return await rotate(session, master_key, now=now, access_s=access_s)


async def _locked(session: AsyncSession, master_key: MasterKey) -> None:
    """Let rotations go one after the other, and seal nothing under a key that was replaced."""
    instance = await crud.instance.get_for_update(session)
    if instance is not None and instance.master_key_fingerprint != master_key.fingerprint():
        raise NotReady(FOREIGN)


async def _add(session: AsyncSession, master_key: MasterKey, *, now: datetime) -> None:
    key = signing_keys.generate()
    kid = signing_keys.key_id(key)
    sealed = sealing.seal(sealing_key(master_key), signing_keys.export_private(key), _cell(kid))
    await crud.instance.add_signing_key(session, kid, sealed, now=now)
