"""Web sessions and token families as one list: what a person is signed in with."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import NotFound
from potluck.core.paging import PageRequest
from potluck.crud.keyset import Order, cut
from potluck.crud.tenancy import owned
from potluck.models import RefreshToken, TokenFamily, User, WebSession
from potluck.schemas.session import SessionKind

_WEB_SESSIONS = Order(WebSession.created_at, WebSession.id, descending=True)
_FAMILIES = Order(TokenFamily.created_at, TokenFamily.id, descending=True)
#: Why a family ended, in its row.
BY_THE_OWNER = "ended"


@dataclass(frozen=True)
class OpenSession:
    """A web session or a token family that still opens the account."""

    id: UUID
    kind: SessionKind
    user_agent: str | None
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime


class CRUDOpenSession:
    """Every statement about one's own sign-ins. One that has ended exists for nobody."""

    async def page(
        self, session: AsyncSession, actor: Actor, request: PageRequest, now: datetime
    ) -> tuple[list[OpenSession], str | None]:
        """One page of the actor's, last signed in first.

        Each kind is asked for a whole page behind the cursor, so the page is among what they give.
        """
        found = await self._web_sessions(session, actor, request, now)
        found += await self._families(session, actor, request, now)
        found.sort(key=lambda each: (each.created_at, each.id), reverse=True)
        return cut(found, _WEB_SESSIONS, request)

    async def end(self, session: AsyncSession, actor: Actor, id: UUID, now: datetime) -> None:
        """End one of the actor's; of two at once, one finds it. Raises `NotFound`."""
        web = (
            update(WebSession)
            .where(WebSession.id == id, _is_open_web_session(actor, now))
            .values(revoked_at=now)
            .returning(WebSession.id)
            .execution_options(synchronize_session=False)
        )
        family = (
            update(TokenFamily)
            .where(TokenFamily.id == id, _is_open_family(actor, now))
            .values(revoked_at=now, revoked_because=BY_THE_OWNER)
            .returning(TokenFamily.id)
            .execution_options(synchronize_session=False)
        )
        for statement in (web, family):
            if (await session.execute(statement)).one_or_none() is not None:
                return
        raise NotFound("There is no such session, or it has ended.")

    async def _web_sessions(
        self, session: AsyncSession, actor: Actor, request: PageRequest, now: datetime
    ) -> list[OpenSession]:
        statement = select(WebSession).where(_is_open_web_session(actor, now))
        rows: list[WebSession] = list(
            await session.scalars(_WEB_SESSIONS.apply(statement, request))
        )
        return [
            OpenSession(
                row.id,
                SessionKind.BROWSER,
                row.user_agent,
                row.created_at,
                last_seen_at=row.seen_at,
                ends_at=min(row.idle_until, row.absolute_until),
            )
            for row in rows
        ]

    async def _families(
        self, session: AsyncSession, actor: Actor, request: PageRequest, now: datetime
    ) -> list[OpenSession]:
        """Its newest refresh token says when a family was last seen, and how long it may wait."""
        newest = (func.max(RefreshToken.created_at), func.max(RefreshToken.idle_until))
        statement = (
            select(TokenFamily, *newest)
            .join(RefreshToken, RefreshToken.family_id == TokenFamily.id)
            .where(_is_open_family(actor, now))
            .group_by(TokenFamily.id)
        )
        rows = (await session.execute(_FAMILIES.apply(statement, request))).all()
        return [
            OpenSession(
                family.id,
                SessionKind.API,
                family.user_agent,
                family.created_at,
                last_seen_at=last_seen_at,
                ends_at=min(idle_until, family.absolute_until),
            )
            for family, last_seen_at, idle_until in rows
        ]


def _is_open_web_session(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """As `services.web_sessions.find` decides of a cookie."""
    epoch = select(User.auth_epoch).where(User.id == WebSession.user_id)
    return and_(
        owned(WebSession.user_id, actor),
        WebSession.revoked_at.is_(None),
        WebSession.idle_until > now,
        WebSession.absolute_until > now,
        WebSession.auth_epoch == epoch.correlate(WebSession).scalar_subquery(),
    )


def _is_open_family(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Not ended, and not left alone for so long that its last refresh token is worth nothing.

    An access token never outlives the refresh token that came with it: ten minutes at most, an
    hour at least.
    """
    can_go_on = exists().where(
        RefreshToken.family_id == TokenFamily.id, RefreshToken.idle_until > now
    )
    return and_(
        owned(TokenFamily.user_id, actor),
        TokenFamily.revoked_at.is_(None),
        TokenFamily.absolute_until > now,
        can_go_on.correlate(TokenFamily),
    )


open_session = CRUDOpenSession()
