"""The keys of access tokens: sealed in the database, opened once per process."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core import sealing, signing_keys
from potluck.core.clock import Clock
from potluck.core.errors import NotReady
from potluck.core.master_key import MasterKey
from potluck.core.signing_keys import SigningKeys
from potluck.crud.crud_instance import instance as crud_instance

#: A flood of tokens with invented key ids must not become a flood of queries.
RELOAD_EVERY_S = 5.0


class KeyRing:
    """The signing keys of the instance, read when first needed and when a key id is unknown."""

    def __init__(
        self,
        reading: Callable[[], AbstractAsyncContextManager[AsyncSession]],
        master_key: MasterKey,
        clock: Clock,
    ) -> None:
        self._reading = reading
        self._sealing_key = sealing_key(master_key)
        self._clock = clock
        self._keys: SigningKeys | None = None
        self._loaded_at_s = 0.0

    async def current(self, kid: str | None = None) -> SigningKeys:
        """The keys; read anew when `kid` is not among them, at most every 5 seconds.

        Opens a short read session of its own: call it before the request's first statement.
        Raises `NotReady` when the instance has no key yet.
        """
        if self._keys is None or self._should_reload(kid):
            async with self._reading() as session:
                rows = await crud_instance.signing_keys(session)
            if not rows:
                raise NotReady("The database is not set up yet. Run: potluck migrate")
            opened = [
                signing_keys.import_private(
                    sealing.unseal(self._sealing_key, row.private_sealed, _cell(row.kid))
                )
                for row in rows
            ]
            self._keys = SigningKeys(opened[0], opened[1:])
            self._loaded_at_s = self._clock.monotonic_s()
        return self._keys

    def _should_reload(self, kid: str | None) -> bool:
        if kid is None or (self._keys is not None and self._keys.get(kid) is not None):
            return False
        return self._clock.monotonic_s() - self._loaded_at_s >= RELOAD_EVERY_S


def sealing_key(master_key: MasterKey) -> bytes:
    """The key that seals secrets at rest."""
    return master_key.derive("sealing")


def _cell(kid: str) -> bytes:
    return sealing.cell("signing_key", "private_sealed", kid)


async def ensure_one(session: AsyncSession, master_key: MasterKey, clock: Clock) -> None:
    """Make the first signing key of an instance when it has none."""
    if await crud_instance.signing_keys(session):
        return
    key = signing_keys.generate()
    kid = signing_keys.key_id(key)
    sealed = sealing.seal(sealing_key(master_key), signing_keys.export_private(key), _cell(kid))
    await crud_instance.add_signing_key(session, kid, sealed, now=clock.now())
