"""H-05: what is stored for the server alone never leaves it, in no answer and no log line.

Every test records what the app said; at its end the stored-only columns of the database are read,
and none of their values may occur in it.
"""

import io

import httpx2
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import (
    AuditHead,
    IdempotencyKey,
    Instance,
    Invitation,
    Media,
    OneTimeLink,
    PersonalToken,
    Recipe,
    RefreshToken,
    SigningKey,
    User,
    WebSession,
)

STORED_ONLY = (
    User.password_hash,
    RefreshToken.digest,
    RefreshToken.successor_digest,
    RefreshToken.successor_sealed,
    WebSession.digest,
    PersonalToken.digest,
    Invitation.digest,
    OneTimeLink.digest,
    OneTimeLink.password_hash,
    IdempotencyKey.id,
    IdempotencyKey.fingerprint,
    SigningKey.private_sealed,
    AuditHead.key_sealed,
    Instance.master_key_fingerprint,
    Instance.setup_digest,
    Recipe.source_key,
    Media.digest,
)


class Recorder(io.StringIO):
    """The text of every answer and, as an operator would read it, of every line of the log."""

    def clear(self) -> None:
        """Forget what was said."""
        self.seek(0)
        self.truncate()

    async def answered(self, response: httpx2.Response) -> None:
        """An event hook of the test clients."""
        await response.aread()
        self.write(f"{response.headers!r} {response.text}\n")

    async def leaks(self, session: AsyncSession) -> list[str]:
        """The stored-only columns of which a value was said."""
        said = self.getvalue()
        return [
            str(column)
            for column in STORED_ONLY
            for value in await session.scalars(select(column).where(column.is_not(None)))
            if value is not None and value in said
        ]
