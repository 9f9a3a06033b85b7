"""Pages of the audit, newest first: of all of it, of one account, of one household."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.errors import InvalidCursor
from potluck.core.paging import PageRequest
from potluck.domain.audit import Reader, read_by
from potluck.models import AuditEvent
from potluck.schemas.audit import AuditFilter


async def page(
    session: AsyncSession, wanted: AuditFilter, request: PageRequest
) -> tuple[list[AuditEvent], str | None]:
    """A page of the events that are wanted, and the cursor of the next. Raises `InvalidCursor`."""
    return await _page(session, _conditions(wanted), request)


async def page_of_person(
    session: AsyncSession, user_id: UUID, request: PageRequest
) -> tuple[list[AuditEvent], str | None]:
    """As `page`, of what concerns the account and its owner may read."""
    mine = [AuditEvent.subject_id == user_id, _may_read(Reader.PERSON)]
    return await _page(session, mine, request)


async def page_of_household(
    session: AsyncSession, household_id: UUID, request: PageRequest
) -> tuple[list[AuditEvent], str | None]:
    """As `page`, of what concerns the household and its owners may read."""
    ours = [AuditEvent.household_id == household_id, _may_read(Reader.OWNERS)]
    return await _page(session, ours, request)


def _may_read(reader: Reader) -> ColumnElement[bool]:
    return AuditEvent.action.in_([action.value for action in read_by(reader)])


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    found = [
        getattr(AuditEvent, name) == value
        for name in ("action", "outcome", "actor_id", "target_id", "household_id")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.since is not None:
        found.append(AuditEvent.at >= wanted.since)
    if wanted.before is not None:
        found.append(AuditEvent.at < wanted.before)
    return found


async def _page(
    session: AsyncSession, conditions: list[ColumnElement[bool]], request: PageRequest
) -> tuple[list[AuditEvent], str | None]:
    statement = select(AuditEvent).where(*conditions)
    after = request.after()
    if after is not None:
        statement = statement.where(AuditEvent.seq < _seq_of(after))
    statement = statement.order_by(AuditEvent.seq.desc()).limit(request.limit + 1)
    rows = list(await session.scalars(statement))
    if len(rows) <= request.limit:
        return rows, None
    rows = rows[: request.limit]
    return rows, request.next_cursor([rows[-1].seq])


def _seq_of(after: list[str | int | None]) -> int:
    match after:
        case [int(seq)]:
            return seq
    raise InvalidCursor("The cursor is not of this list.")
