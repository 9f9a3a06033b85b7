"""Token families, refresh tokens and web sessions. Asked by digest, not by actor: the credential
is what makes an actor.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.crud.removal import remove_some
from potluck.crud.tenancy import WITH_HOUSEHOLDS, WITH_NAMED_HOUSEHOLDS
from potluck.models import PersonalToken, RefreshToken, TokenFamily, User, WebSession

#: A spent refresh token that comes back is known as stolen for so long. A client that renews every
#: ten minutes leaves 4,320 of them in that time.
KEEP_SPENT = timedelta(days=30)
# Asked by every request that shows a credential: built once, as in `potluck.crud.prepared`.
_FAMILY_AND_USER = (
    select(TokenFamily, User)
    .join(User, User.id == TokenFamily.user_id)
    .where(TokenFamily.id == bindparam("family_id"), User.id == bindparam("user_id"))
    .options(WITH_HOUSEHOLDS)
)
_WEB_SESSION_AND_USER = (
    select(WebSession, User)
    .join(User, User.id == WebSession.user_id)
    .where(WebSession.digest == bindparam("digest"))
    .options(WITH_NAMED_HOUSEHOLDS)
)


class CRUDCredential:
    """Every statement about proofs of having signed in."""

    async def add(
        self, session: AsyncSession, row: TokenFamily | RefreshToken | WebSession
    ) -> None:
        """Store a new row."""
        session.add(row)
        await session.flush()

    async def family_and_user(
        self, session: AsyncSession, family_id: UUID, user_id: UUID
    ) -> tuple[TokenFamily, User] | None:
        """The family and its user, in one statement; None when they are not a pair."""
        values = {"family_id": family_id, "user_id": user_id}
        row = (await session.execute(_FAMILY_AND_USER, values)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def refresh_token(
        self, session: AsyncSession, digest: str
    ) -> tuple[RefreshToken, TokenFamily, User] | None:
        """The refresh token with this digest, its family and its user, as they are now."""
        statement = (
            select(RefreshToken, TokenFamily, User)
            .join(TokenFamily, TokenFamily.id == RefreshToken.family_id)
            .join(User, User.id == TokenFamily.user_id)
            .where(RefreshToken.digest == digest)
            .execution_options(populate_existing=True)
        )
        row = (await session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1], row[2])

    async def spend(
        self,
        session: AsyncSession,
        digest: str,
        *,
        successor_digest: str,
        successor_sealed: str,
        now: datetime,
    ) -> bool:
        """Mark a refresh token as used, if nobody did before: one of many parallel uses wins."""
        statement = (
            update(RefreshToken)
            .where(RefreshToken.digest == digest, RefreshToken.used_at.is_(None))
            .values(
                used_at=now, successor_digest=successor_digest, successor_sealed=successor_sealed
            )
            .returning(RefreshToken.id)
        )
        return (await session.execute(statement)).one_or_none() is not None

    async def spend_last(
        self, session: AsyncSession, family_id: UUID, successor_digest: str, now: datetime
    ) -> bool:
        """Mark the unused refresh token of a family as used, without a way to its successor."""
        statement = (
            update(RefreshToken)
            .where(RefreshToken.family_id == family_id, RefreshToken.used_at.is_(None))
            .values(used_at=now, successor_digest=successor_digest)
            .returning(RefreshToken.id)
        )
        return (await session.execute(statement)).first() is not None

    async def is_used(self, session: AsyncSession, digest: str | None) -> bool:
        """Whether the refresh token with this digest was presented already."""
        statement = select(RefreshToken.used_at).where(RefreshToken.digest == digest)
        return await session.scalar(statement) is not None

    async def web_session_and_user(
        self, session: AsyncSession, digest: str
    ) -> tuple[WebSession, User] | None:
        """The browser's session and its user, in one statement."""
        row = (await session.execute(_WEB_SESSION_AND_USER, {"digest": digest})).one_or_none()
        return None if row is None else (row[0], row[1])

    async def is_open(self, session: AsyncSession, id: UUID) -> bool:
        """Whether the token family or web session was not ended by anybody."""
        family = select(TokenFamily.id).where(
            TokenFamily.id == id, TokenFamily.revoked_at.is_(None)
        )
        web = select(WebSession.id).where(WebSession.id == id, WebSession.revoked_at.is_(None))
        return await session.scalar(family.union_all(web)) is not None

    async def remove_ended(self, session: AsyncSession, now: datetime) -> bool:
        """Remove sign-ins past their absolute end, and before each family its refresh tokens.

        Of sign-ins that last longer, refresh tokens that were spent `KEEP_SPENT` ago. Not all at
        once: true if there may be more.
        """
        was_spent = RefreshToken.used_at < now - KEEP_SPENT
        if await remove_some(session, RefreshToken.id, was_spent):
            return True
        has_ended = TokenFamily.absolute_until <= now
        of_ended = RefreshToken.family_id.in_(select(TokenFamily.id).where(has_ended))
        if await remove_some(session, RefreshToken.id, of_ended):
            return True
        has_more = await remove_some(session, TokenFamily.id, has_ended)
        return (
            await remove_some(session, WebSession.id, WebSession.absolute_until <= now) or has_more
        )

    async def end_sign_ins(
        self,
        session: AsyncSession,
        user_id: UUID,
        because: str,
        now: datetime,
        *,
        but: UUID | None = None,
    ) -> None:
        """End every token family and web session of a user, except the one of the id `but`."""
        families = update(TokenFamily).where(
            TokenFamily.user_id == user_id, TokenFamily.revoked_at.is_(None)
        )
        browsers = update(WebSession).where(
            WebSession.user_id == user_id, WebSession.revoked_at.is_(None)
        )
        if but is not None:
            families = families.where(TokenFamily.id != but)
            browsers = browsers.where(WebSession.id != but)
        await session.execute(families.values(revoked_at=now, revoked_because=because))
        await session.execute(browsers.values(revoked_at=now))

    async def end_all(
        self, session: AsyncSession, user_id: UUID, because: str, now: datetime
    ) -> None:
        """End every token family, web session and personal token of a user."""
        await self.end_sign_ins(session, user_id, because, now)
        await session.execute(
            update(PersonalToken)
            .where(PersonalToken.user_id == user_id, PersonalToken.revoked_at.is_(None))
            .values(revoked_at=now)
        )


credential = CRUDCredential()
