"""The keys of access tokens: sealed in the database, opened once per process."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import sealing, signing_keys
from potluck.core.clock import Clock
from potluck.core.errors import NotReady
from potluck.core.master_key import MasterKey
from potluck.core.sealing import Unsealable
from potluck.core.signing_keys import SigningKeys
from potluck.models import SigningKey


class KeyRing:
    """The signing keys of the instance, read when a process first needs them."""

    def __init__(
        self,
        reading: Callable[[], AbstractAsyncContextManager[AsyncSession]],
        master_key: MasterKey,
    ) -> None:
        self._reading = reading
        self._sealing_key = sealing_key(master_key)
        self._keys: SigningKeys | None = None

    async def current(self) -> SigningKeys:
        """The keys.

        The first call opens a short read session of its own: call it before the request's first
        statement. Raises `NotReady` when the instance has no key yet.
        """
        if self._keys is None:
            async with self._reading() as session:
                rows = await crud.instance.signing_keys(session)
            if not rows:
                raise NotReady("The database is not set up yet. Run: potluck migrate")
            opened = [signing_keys.import_private(self._unseal(row)) for row in rows]
            self._keys = SigningKeys(opened[0], opened[1:])
        return self._keys

    def _unseal(self, row: SigningKey) -> bytes:
        try:
            return sealing.unseal(self._sealing_key, row.private_sealed, _cell(row.kid))
        except Unsealable:
            raise NotReady("The database belongs to another master key.") from None


def sealing_key(master_key: MasterKey) -> bytes:
    """The key that seals secrets at rest."""
    return master_key.derive("sealing")


def _cell(kid: str) -> bytes:
    return sealing.cell("signing_key", "private_sealed", kid)


async def ensure_one(session: AsyncSession, master_key: MasterKey, clock: Clock) -> None:
    """Make the first signing key of an instance when it has none."""
    if await crud.instance.signing_keys(session):
        return
    key = signing_keys.generate()
    kid = signing_keys.key_id(key)
    sealed = sealing.seal(sealing_key(master_key), signing_keys.export_private(key), _cell(kid))
    await crud.instance.add_signing_key(session, kid, sealed, now=clock.now())
