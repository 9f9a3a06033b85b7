"""The key of the digests of personal tokens, which stays when the master key changes."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import sealing
from potluck.core.errors import NotReady
from potluck.core.master_key import MasterKey
from potluck.core.sealing import Unsealable
from potluck.models import Instance
from potluck.services.signing_keys import FOREIGN, sealing_key

PLACE = sealing.cell("instance", "token_key_sealed", "1")


class PersonalTokenKey:
    """The key, read once: as long as a process holds its master key, it is the same.

    Tokens are stored as digests alone and could not be digested anew, so a change of the master key
    would end them all. Instead the key that the first master key gave is kept, sealed.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractAsyncContextManager[AsyncSession]],
        master_key: MasterKey,
    ) -> None:
        self._reading = reading
        self._master_key = master_key
        self._key: bytes | None = None

    async def get(self) -> bytes:
        """32 bytes. The first call opens a read session of its own; serving begins with it.

        Raises `NotReady` when the database was sealed under another master key, `Unavailable`.
        """
        if self._key is None:
            async with self._reading() as session:
                instance = await crud.instance.get(session)
            self._key = opened(instance, self._master_key)
        return self._key


def opened(instance: Instance | None, master_key: MasterKey) -> bytes:
    """The kept key of an instance, else the one that follows from the master key."""
    if instance is None or instance.token_key_sealed is None:
        return master_key.derive("token-hmac")
    try:
        return sealing.unseal(sealing_key(master_key), instance.token_key_sealed, PLACE)
    except Unsealable:
        raise NotReady(FOREIGN) from None
