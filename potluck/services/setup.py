"""The first administrator: made with a one-time secret, or by the operator's command."""

import os
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import opaque
from potluck.core.clock import Clock
from potluck.core.errors import InvalidSetupSecret, SetupDone
from potluck.core.opaque import Prefix
from potluck.domain.audit import Action
from potluck.models import Instance, User
from potluck.schemas.user import SetupRequest
from potluck.services import accounts, audit

SECRET_LIFE = timedelta(hours=24)
SECRET_FILE = "setup-secret"  # noqa: S105


async def renew_secret(session: AsyncSession, clock: Clock) -> str | None:
    """A fresh setup secret as long as there is no administrator; the one before is void.

    Gives None, and needs none, once an administrator exists.
    """
    instance = await crud.instance.get_for_update(session)
    if instance is None or instance.setup_done_at is not None:
        return None
    secret = opaque.issue(Prefix.SETUP)
    instance.setup_digest = opaque.digest(secret)
    instance.setup_until = clock.now() + SECRET_LIFE
    await session.flush()
    return secret


async def is_open(session: AsyncSession) -> bool:
    """Whether the first administrator is still to be made."""
    instance = await crud.instance.get(session)
    return instance is not None and instance.setup_done_at is None


async def check_secret(session: AsyncSession, secret: str, clock: Clock) -> None:
    """Raises `SetupDone` after its use, `InvalidSetupSecret` for another or an old secret.

    Lets the session go, so that it can be asked before the password is hashed.
    """
    instance = await crud.instance.get(session)
    await session.close()
    _check(instance, secret, clock)


async def create_administrator(
    session: AsyncSession, data: SetupRequest, password_hash: str, *, clock: Clock
) -> User:
    """Spend the secret and make the first administrator. Raises as `check_secret`, `EmailTaken`."""
    instance = await crud.instance.get_for_update(session)
    _check(instance, data.secret, clock)
    now = clock.now()
    user = await accounts.create(session, data, password_hash, now=now, is_instance_admin=True)
    await accounts.welcome(session, user, now=now)
    await close(session, clock)
    audit.record(session, Action.SET_UP, actor=user, target=user, now=clock.now())
    return user


def _check(instance: Instance | None, secret: str, clock: Clock) -> None:
    if instance is not None and instance.setup_done_at is not None:
        raise SetupDone("Ask an administrator of this instance.")
    if (
        instance is None
        or instance.setup_until is None
        or instance.setup_until <= clock.now()
        or instance.setup_digest != opaque.digest(secret)
    ):
        raise InvalidSetupSecret(
            "Take the secret from the log of the last start or from the file setup-secret in the"
            " data folder. It is valid for 24 hours; a restart makes a new one."
        )


async def close(session: AsyncSession, clock: Clock) -> None:
    """An administrator exists: no secret is valid any more."""
    instance = await crud.instance.get_for_update(session)
    if instance is not None:
        instance.setup_done_at = instance.setup_done_at or clock.now()
        instance.setup_digest = None
        await session.flush()


def write_secret(data_dir: Path, secret: str) -> Path:
    """Put the secret into `setup-secret` of the data folder, readable by the owner only."""
    path = data_dir / SECRET_FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
    return path


def remove_secret(data_dir: Path) -> None:
    """The file goes when the secret is spent."""
    (data_dir / SECRET_FILE).unlink(missing_ok=True)
