"""Who asks too often is slowed down, counted over all replicas in the database they share.

Addresses and accounts are kept as keyed digests, so that the counters tell nobody's address.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.clock import Clock, microseconds
from potluck.core.errors import TooManyRequests, Unavailable
from potluck.core.flights import Flights
from potluck.core.rate_limit import SECOND_US, Budget, Policy
from potluck.core.throttle_settings import ThrottleSettings, window_s
from potluck.services.throttle_memory import ThrottleMemory

log = structlog.get_logger(__name__)

#: Blocks are a thirtieth of a budget: one statement for 20 searches, and a process that takes a
#: block and spends one request of it wastes little.
_BLOCKS_IN_A_BUDGET = 30
#: Where requests go on uncounted, they do not wait for counters that did not answer just now.
UNASKED_S = 5

Transactions = Callable[[], AbstractAsyncContextManager[AsyncSession]]


#: Attempts at an account are forgotten a day after the last: fifteen that wait for a day gain
#: nothing over the ninety-six that do not.
KEEP_ATTEMPTS = timedelta(days=1)


class Limit(StrEnum):
    """What is counted; the values are the names of the settings."""

    LOGIN = "login_per_address"
    LOGIN_GLOBAL = "login_global"
    SIGNUP = "signup_per_address"
    SETUP = "setup_per_address"
    REFRESH = "refresh_per_address"
    SEARCH = "search_per_caller"
    IMPORT = "import_per_user"
    UPLOAD = "upload_per_user"
    EXPORT = "export_per_user"
    TOKEN = "token_per_user"  # noqa: S105
    MEMBER = "member_per_user"
    INVITATION = "invitation_per_user"
    REDEMPTION = "redemption_per_address"
    MAIL = "mail_per_address"
    MAIL_TO = "mail_per_account"


#: Asked so often that not every request asks the database.
_IN_BLOCKS = {Limit.SEARCH, Limit.REFRESH}
#: Done although nobody can say how often: they harm nobody but the machine, which has other limits.
_FAIL_OPEN = {Limit.SEARCH, Limit.IMPORT, Limit.UPLOAD}


def policies(settings: ThrottleSettings) -> dict[Limit, Policy]:
    """The limits that the operator wants; 0 is none."""
    found = {}
    for limit in Limit:
        quota: int = getattr(settings, limit)
        if quota:
            found[limit] = Policy(
                name=limit.partition("_")[0],
                quota=quota,
                window_s=window_s(limit),
                block=max(1, quota // _BLOCKS_IN_A_BUDGET) if limit in _IN_BLOCKS else 1,
                fails_open=limit in _FAIL_OPEN,
            )
    return found


class Throttle:
    """The budgets of this instance, as one process sees them.

    Over all processes no more is granted than the budget holds. A block that a process has taken
    it may spend for a window, so that in any window each may spend one block more than was granted
    in it.
    """

    def __init__(
        self, transactions: Transactions, clock: Clock, key: bytes, settings: ThrottleSettings
    ) -> None:
        self.policies = policies(settings)
        self.memory = ThrottleMemory(clock)
        self.transactions = transactions
        self.clock = clock
        self._key = key
        self._flights: Flights[str, None] = Flights()

    async def take(
        self,
        limit: Limit,
        subject: str,
        *,
        let_go: Callable[[], Awaitable[None]] | None = None,
    ) -> Budget | None:
        """Count one request of `subject`; what is left, None when nobody counts.

        `let_go` is awaited before the database is asked: no request holds two connections. Raises
        `TooManyRequests`, and `Unavailable` where nobody may go on uncounted.
        """
        policy = self.policies.get(limit)
        if policy is None:
            return None
        if policy.fails_open and self.memory.is_unasked:
            return None
        key = self.key(limit, subject)
        try:
            return await self._counted(policy, key, let_go)
        except Unavailable:
            if not policy.fails_open:
                raise
            self.memory.leave_unasked(UNASKED_S)
            log.warning("throttle_unavailable", limit=policy.name)
            return None

    async def _counted(
        self, policy: Policy, key: str, let_go: Callable[[], Awaitable[None]] | None
    ) -> Budget:
        while True:
            budget = self.memory.spend(key)
            if budget is not None:
                return budget
            self.check(policy, key)
            if let_go is not None:
                await let_go()
            if policy.block == 1:
                return await self._granted(policy, key)
            await self._flights.join(key, lambda: self._fetch(policy, key))

    async def _fetch(self, policy: Policy, key: str) -> None:
        """Take a block for whoever waits for one."""
        self.memory.keep(key, policy.block, await self._granted(policy, key))

    async def _granted(self, policy: Policy, key: str) -> Budget:
        async with self.transactions() as session:
            return await self.charge(session, policy, key)

    async def charge(self, session: AsyncSession, policy: Policy, key: str) -> Budget:
        """Take a block from the shared budget; a refusal is remembered. Raises TooManyRequests."""
        now_us = self.now_us()
        taken = await crud.throttle.take(session, key, policy, now_us, cost=policy.block)
        if taken.is_granted:
            return policy.budget(taken.arrives_us, now_us)
        wait_us = taken.arrives_us + policy.block * policy.interval_us - now_us - policy.window_us
        self.memory.refuse(key, max(wait_us, 1) / SECOND_US)
        raise refusal(policy, wait_us / SECOND_US)

    def recall(self, limit: Limit, subject: str) -> None:
        """Raises `TooManyRequests` if `take` would, as far as this process remembers."""
        policy = self.policies.get(limit)
        if policy is not None:
            self.check(policy, self.key(limit, subject))

    def check(self, policy: Policy, key: str) -> None:
        """Raises `TooManyRequests` while a refusal is remembered, without asking the database."""
        refused_s = self.memory.refused_s(key)
        if refused_s:
            raise refusal(policy, refused_s)

    def key(self, kind: str, subject: str) -> str:
        """Under which something is counted: 64 hex digits."""
        text = f"{kind}\0{subject}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, hashlib.sha256).hex()

    def now_us(self) -> int:
        """Microseconds since 1970."""
        return microseconds(self.clock.now())


async def remove_idle(session: AsyncSession, now: datetime) -> bool:
    """Remove counters that say nothing any more; true if there may be more of them."""
    return await crud.throttle.remove_idle(
        session,
        now_us=microseconds(now),
        attempts_before_us=microseconds(now - KEEP_ATTEMPTS),
    )


def refusal(policy: Policy | None, wait_s: float) -> TooManyRequests:
    """What somebody is told who has to wait so long."""
    seconds = max(1, ceil(wait_s))
    budget = None if policy is None else Budget(policy, 0, seconds)
    return TooManyRequests(retry_after_s=seconds, budget=budget)


def subject_of(actor: Actor | None, host: str | None) -> str:
    """For whom something is counted: the account, or the address that a stranger comes from."""
    if actor is None or actor.user_id is None:
        return network_of(host)
    return str(actor.user_id)


def network_of(host: str | None) -> str:
    """Whom an address is counted for: itself, or the /64 network of an IPv6 address.

    A home gets a /64 at least (RFC 6177), and may have a new address of it for every request. An
    IPv4 address that is written as IPv6 (RFC 4291, 2.5.5.2) is the same one.
    """
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))
