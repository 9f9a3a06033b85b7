"""Attempts to sign in: each is counted before the password is looked at, and slowed down.

Nobody is locked out. Wrong passwords close an account to strangers for a while that grows, and a
browser that has signed in to it before has a small budget of its own.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from anyio import Semaphore, move_on_after
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import base64url
from potluck.core.errors import TooManyRequests, Unavailable
from potluck.core.rate_limit import SECOND_US, Budget, Policy
from potluck.crud.crud_throttle import FREE_ATTEMPTS
from potluck.domain.email_address import email_key, is_email_address
from potluck.services.throttling import Limit, Throttle, network_of, refusal

#: Tries of a browser that is known, each of which may be mistyped.
DEVICE = Policy("login", quota=10, window_s=900)
#: For so long a process refuses an account without asking whether somebody has opened it again.
RECHECK_S = 10
#: Of more sign-ins to one account at the same moment than are free, the next wait this long.
LONGEST_TURN_S = 5
#: Accounts that one browser may be known to; the one not used for longest goes.
_MOST_ACCOUNTS = 5
_DEVICE = re.compile(rf"[A-Za-z0-9_-]{{22}}(?:\.[A-Za-z0-9_-]{{43}}){{1,{_MOST_ACCOUNTS}}}")


@dataclass(frozen=True)
class Admitted:
    """An attempt that was counted and may be made."""

    account: str
    is_known_device: bool
    budget: Budget | None


class SignIns:
    """Counts attempts per account, per address and over all."""

    def __init__(self, throttle: Throttle, device_key: bytes) -> None:
        self.throttle = throttle
        self._device_key = device_key
        self._turns: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, email: str) -> AsyncIterator[None]:
        """Sign in to one account as many at a time as are free: right passwords never close it.

        Held from the counting to the success. Raises `Unavailable` when it takes too long.
        """
        turn = self._turns.setdefault(self.account(email), Semaphore(FREE_ATTEMPTS))
        with move_on_after(LONGEST_TURN_S) as wait:
            await turn.acquire()
        if wait.cancelled_caught:
            raise Unavailable("Many people are signing in right now. Try again in a moment.")
        try:
            yield
        finally:
            turn.release()

    async def admit(self, email: str, host: str | None, device: str | None = None) -> Admitted:
        """Count an attempt in a unit of work of its own, before the password is hashed.

        `host` is the client's address, `device` the value that its browser was handed by `known`.
        Accounts that there are and those that there are not are counted alike. Raises
        `TooManyRequests`, always in the same words, and `Unavailable`: uncounted nobody may try.
        """
        account = self.account(email)
        if device is not None and self._is_known(device, account):
            key = self.throttle.key("device", f"{_id_of(device)}\0{account}")
            await self._charge([(DEVICE, key)])
            return Admitted(account, is_known_device=True, budget=None)
        left = await self._charge(self._budgets(host), account)
        is_told = Limit.LOGIN in self.throttle.policies
        return Admitted(account, is_known_device=False, budget=left[0] if is_told else None)

    def recall(self, email: str, host: str | None) -> None:
        """Raises `TooManyRequests` if `admit` would, as far as this process remembers."""
        with self._in_the_same_words():
            self._check(self._budgets(host), self.account(email))

    def _budgets(self, host: str | None) -> list[tuple[Policy, str]]:
        """What an attempt of a browser that is not known spends."""
        throttle = self.throttle
        spent = ((Limit.LOGIN, network_of(host)), (Limit.LOGIN_GLOBAL, ""))
        return [
            (throttle.policies[limit], throttle.key(limit, subject))
            for limit, subject in spent
            if limit in throttle.policies
        ]

    async def _charge(
        self, budgets: list[tuple[Policy, str]], account: str | None = None
    ) -> list[Budget]:
        """All or nothing: what is refused is not counted elsewhere."""
        throttle = self.throttle
        with self._in_the_same_words():
            self._check(budgets, account)
            async with throttle.transactions() as session:
                # In the same order everywhere, and last the one row that all attempts share.
                if account is not None:
                    await self._count(session, account)
                return [await throttle.charge(session, policy, key) for policy, key in budgets]

    def _check(self, budgets: list[tuple[Policy, str]], account: str | None) -> None:
        for policy, key in budgets:
            self.throttle.check(policy, key)
        refused_s = self.throttle.memory.refused_s(account) if account is not None else 0
        if refused_s:
            raise refusal(None, refused_s)

    @contextmanager
    def _in_the_same_words(self) -> Iterator[None]:
        """A refusal does not tell what was counted."""
        try:
            yield
        except TooManyRequests as error:
            policy = self.throttle.policies.get(Limit.LOGIN)
            raise refusal(policy, error.retry_after_s) from None

    async def _count(self, session: AsyncSession, account: str) -> None:
        now_us = self.throttle.now_us()
        blocked_until_us = await crud.throttle.attempt(session, account, now_us)
        if blocked_until_us:
            wait_s = (blocked_until_us - now_us) / SECOND_US
            self.throttle.memory.refuse(account, min(wait_s, RECHECK_S))
            raise refusal(None, wait_s)

    async def succeeded(self, session: AsyncSession, admitted: Admitted) -> None:
        """Let the account be tried anew, in the unit of work that signs in.

        A known device leaves it as it is: its owner is in, and the attack goes on.
        """
        if not admitted.is_known_device:
            await crud.throttle.forget_attempts(session, admitted.account)

    async def open_again(self, session: AsyncSession, email: str) -> None:
        """What an operator does for an account that an attack keeps closed."""
        await crud.throttle.forget_attempts(session, self.account(email))

    def account(self, email: str) -> str:
        """Under which attempts at this address are counted, whether it has an account or not."""
        name = email_key(email) if is_email_address(email) else email
        return self.throttle.key("account", name)

    def known(self, account: str, device: str | None) -> str:
        """What a browser keeps that has signed in: an id, and a proof for each account.

        It is no credential: it opens nothing, it only lets its browser try.
        """
        id, *proofs = device.split(".") if device and _DEVICE.fullmatch(device) else [_new_id()]
        proof = self._proof(id, account)
        others = [each for each in proofs if each != proof]
        return ".".join([id, proof, *others][: _MOST_ACCOUNTS + 1])

    def _is_known(self, device: str, account: str) -> bool:
        if _DEVICE.fullmatch(device) is None:
            return False
        id, *proofs = device.split(".")
        proof = self._proof(id, account)
        return any(hmac.compare_digest(proof, each) for each in proofs)

    def _proof(self, id: str, account: str) -> str:
        message = f"{id}\0{account}".encode()
        return base64url.encode(hmac.digest(self._device_key, message, hashlib.sha256))


def _new_id() -> str:
    return base64url.encode(secrets.token_bytes(16))


def _id_of(device: str) -> str:
    return device.partition(".")[0]
