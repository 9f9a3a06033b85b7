"""What an instance needs beyond its schema: its key fingerprint, a signing key, a setup secret."""

import secrets
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.clock import Clock, SystemClock
from potluck.core.config import Settings
from potluck.core.config_error import ConfigError
from potluck.core.errors import AppError, Unavailable
from potluck.core.master_key import MasterKey
from potluck.db.session import Database
from potluck.resources import open_database, open_master_key
from potluck.services import audit, setup, signing_keys
from potluck.services.personal_token_key import PersonalTokenKey
from potluck.worker import housekeeping, key_rotation, search_index

FOREIGN_KEY = (
    "the database belongs to another master key: bring the keys folder of its data folder here,"
    " or set POTLUCK_MASTER_KEY to that key; if you changed the key on purpose, run:"
    " potluck keys rewrap --old-key FILE"
)


async def ensure(settings: Settings, clock: Clock | None = None) -> str | None:
    """Create what is missing; safe to run at every start, by several processes at once.

    Gives a fresh setup secret (also in `<data_dir>/setup-secret`) while there is no
    administrator. Raises `ConfigError` when the database belongs to another master key.
    """
    clock = clock or SystemClock()
    master_key = open_master_key(settings)
    database = open_database(settings, master_key)
    try:
        async with database.transaction() as session:
            await check_master_key(session, master_key)
            await signing_keys.ensure_one(session, master_key, clock)
            sealing_key = signing_keys.sealing_key(master_key)
            await audit.ensure_head(session, sealing_key, secrets.token_bytes(32))
            secret = await setup.renew_secret(session, clock)
        if secret is None:
            setup.remove_secret(settings.data_dir)
        else:
            setup.write_secret(settings.data_dir, secret)
        await search_index.catch_up(database)
        await housekeeping.once(database, settings, clock)
        await key_rotation.once(database, master_key, settings, clock)
    finally:
        await database.dispose()
    return secret


async def refuse_foreign_database(database: Database, master_key: MasterKey) -> None:
    """Raise `ConfigError` when the database belongs to another master key.

    A database that is away or not set up yet is no reason to end: readiness tells.
    """
    try:
        async with database.reading() as session:
            instance = await crud.instance.get(session)
    except (Unavailable, SQLAlchemyError):
        return
    if instance is not None and instance.master_key_fingerprint != master_key.fingerprint():
        raise ConfigError([FOREIGN_KEY])


async def read_token_key(key: PersonalTokenKey) -> None:
    """Have the key of personal tokens before the first request; what fails, that tries again."""
    with suppress(AppError, SQLAlchemyError):
        await key.get()


async def check_master_key(session: AsyncSession, master_key: MasterKey) -> None:
    """Remember the key's fingerprint at the first start, compare it at every other."""
    instance = await crud.instance.get_for_update(session)
    if instance is None:
        fingerprint = master_key.fingerprint()
        await crud.instance.create(session, master_key_fingerprint=fingerprint)
    elif instance.master_key_fingerprint != master_key.fingerprint():
        raise ConfigError([FOREIGN_KEY])
