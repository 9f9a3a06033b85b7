"""Counters that all replicas share. Each decision is one statement, so no two see the same room."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, and_, case, delete, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.rate_limit import SECOND_US, Policy
from potluck.crud.dialect import insert_into
from potluck.crud.removal import remove_some
from potluck.models import RateLimit, SignInFailure

#: Attempts at an account that nothing slows down: a person who tries the passwords they know.
FREE_ATTEMPTS = 5
#: The longest wait between two attempts. Who tries without end gets 96 in a day.
LONGEST_DELAY_S = 900
#: 2^10 seconds are more than the longest delay.
_LAST_DOUBLING = 10


@dataclass(frozen=True)
class Taken:
    """How the shared counter stands: whether this request may go on, and when the next is due."""

    is_granted: bool
    arrives_us: int


class CRUDThrottle:
    """Every statement about counters. Instants are microseconds since 1970."""

    async def take(
        self, session: AsyncSession, key: str, policy: Policy, now_us: int, *, cost: int = 1
    ) -> Taken:
        """Take `cost` from the budget under `key`, or nothing if there is less left.

        The generic cell rate algorithm (ITU-T I.371, annex A): the row holds when the next request
        would come in if all came evenly, and it may lie a window ahead. One that lies further
        ahead was written before the clock went back, and counts as now.
        """
        stored = RateLimit.arrives_us
        latest_us = now_us + policy.window_us
        base = case((and_(stored > now_us, stored <= latest_us), stored), else_=_number(now_us))
        after = base + _number(cost * policy.interval_us)
        first_us = now_us + cost * policy.interval_us
        statement = (
            insert_into(session, RateLimit)
            .values(key=key, arrives_us=first_us)
            .on_conflict_do_update(
                index_elements=["key"], set_={"arrives_us": after}, where=after <= latest_us
            )
            .returning(stored)
        )
        arrives_us = await session.scalar(statement)
        if arrives_us is not None:
            return Taken(True, arrives_us)
        found = await session.scalar(select(stored).where(RateLimit.key == key))
        return Taken(False, latest_us if found is None else found)

    async def attempt(self, session: AsyncSession, key: str, now_us: int) -> int:
        """Count an attempt to sign in before it is made; 0, or until when none may be made.

        Attempts that run at the same time count one after the other: the sixth closes the account
        for a second, the seventh for two, and so on up to the longest delay.
        """
        row = SignInFailure
        longest_us = now_us + LONGEST_DELAY_S * SECOND_US
        is_open = or_(row.blocked_until_us <= now_us, row.blocked_until_us > longest_us)
        statement = (
            insert_into(session, row)
            .values(key=key, attempts=1, blocked_until_us=0, last_at_us=now_us)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "attempts": row.attempts + 1,
                    "blocked_until_us": _blocked_until_us(now_us),
                    "last_at_us": now_us,
                },
                where=is_open,
            )
            .returning(row.attempts)
        )
        if await session.scalar(statement) is not None:
            return 0
        found = await session.scalar(select(row.blocked_until_us).where(row.key == key))
        return now_us + SECOND_US if found is None else found

    async def forget_attempts(self, session: AsyncSession, key: str) -> None:
        """Begin anew: somebody signed in, or the operator says so."""
        await session.execute(delete(SignInFailure).where(SignInFailure.key == key))

    async def remove_idle(
        self, session: AsyncSession, *, now_us: int, attempts_before_us: int
    ) -> bool:
        """Remove whole budgets, and attempts of which the last was made before the instant.

        Not all at once: true if there may be more.
        """
        # In this order a sign-in locks them, too.
        is_old = SignInFailure.last_at_us < attempts_before_us
        has_more = await remove_some(session, SignInFailure.key, is_old)
        is_whole = RateLimit.arrives_us <= now_us
        return await remove_some(session, RateLimit.key, is_whole) or has_more


def _blocked_until_us(now_us: int) -> ColumnElement[int]:
    """After the attempt that is being counted; the row holds how many were before it.

    Free attempts leave the account open at any time: of two at once the one that read the clock
    first may be counted last.
    """
    before = SignInFailure.attempts
    doubled = _number(SECOND_US).bitwise_lshift(before - FREE_ATTEMPTS)
    return case(
        (before < FREE_ATTEMPTS, _number(0)),
        (before < FREE_ATTEMPTS + _LAST_DOUBLING, _number(now_us) + doubled),
        else_=_number(now_us + LONGEST_DELAY_S * SECOND_US),
    )


def _number(value: int) -> ColumnElement[int]:
    """PostgreSQL would take a small one for 32 bits, and run over."""
    return literal(value, BigInteger)


throttle = CRUDThrottle()
