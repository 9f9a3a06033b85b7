"""Passwords: their length, their hash (argon2id, RFC 9106) and how many are hashed at a time."""

import os
import sys
import threading
import unicodedata
from asyncio import get_running_loop
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from anyio import CancelScope, CapacityLimiter, move_on_after
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from potluck.core import breach_list
from potluck.core.errors import Unavailable

#: Upper bound in code points after NFC. NIST SP 800-63B-4 asks for at least 64.
MAX_LENGTH = 256
#: A composed character stands for at most four decomposed ones (Unicode Standard Annex 15,
#: "maximum expansion factors"), so a longer text is too long however it is composed. Asked before
#: normalising: reordering a long run of combining marks takes quadratic time.
_MAX_LENGTH_AS_TYPED = 4 * MAX_LENGTH

#: Callers that may wait for a thread; who comes after them is sent away at once.
QUEUE = 32
#: Nobody waits longer for a thread, however slow the machine or dear the hash: so who is sent away
#: hears it within a second.
LONGEST_WAIT_S = 0.8
#: How far threads that hash stand back behind the one that answers (setpriority(2), of Linux for
#: each thread). During 200 sign-ins at once on 2 cores the 95th percentile of other requests was
#: 130 ms without, 30 ms with 10; at 5 hashing keeps a quarter of a core that others want as well.
NICENESS = 5

_Result = TypeVar("_Result")


def check_length(password: str, minimum: int) -> str | None:
    """`password_too_short` or `password_too_long`, or None when the length is right.

    Code points count, after NFC; nothing is trimmed, and blanks are characters like others.
    """
    text = _composed(password)
    if text is None:
        return "password_too_long"
    return "password_too_short" if len(text) < minimum else None


def is_leaked(password: str) -> bool:
    """Whether the list of leaked passwords holds it, however its letters are composed.

    Reads the disk. Without the extra `breachlist` there is no list, and none is leaked.
    """
    text = _composed(password)
    return text is not None and breach_list.holds(text)


@dataclass(frozen=True)
class HashingUse:
    """How many hashes are computed now and wait for a thread; and since the start, done or not."""

    threads: int
    running: int
    waiting: int
    computed: int
    refused: int


class PasswordHasher:
    """Hashes and verifies in a bounded number of threads, never on the event loop.

    The default parameters are the least that the OWASP password storage cheat sheet asks of
    argon2id. `memory_kib` is memory per hash in KiB, `threads` how many hashes are computed at the
    same time (default: the cores this process may use), `queue` how many callers may wait.
    """

    def __init__(
        self,
        memory_kib: int = 19456,
        time_cost: int = 2,
        parallelism: int = 1,
        *,
        threads: int | None = None,
        queue: int = QUEUE,
    ) -> None:
        self._hashes = PasswordHash(
            (Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism),)
        )
        self._dummy = self._hashes.hash(os.urandom(16))
        threads = threads or len(os.sched_getaffinity(0))
        self._limiter = CapacityLimiter(threads)
        #: Of our own: the event loop's usual threads are for others. Started when first used.
        self._threads = ThreadPoolExecutor(threads, "hashing", initializer=_give_way)
        self._room = threads + queue
        self._places = 0
        self.longest_wait_s = LONGEST_WAIT_S
        self._in_flight = 0
        self._computed = 0
        self._refused = 0

    @property
    def use(self) -> HashingUse:
        """What can be said of it now."""
        return HashingUse(
            threads=int(self._limiter.total_tokens),
            running=self._limiter.borrowed_tokens,
            waiting=self._in_flight - self._limiter.borrowed_tokens,
            computed=self._computed,
            refused=self._refused,
        )

    @contextmanager
    def place(self) -> Iterator[None]:
        """Be one of those who may still come to be hashed; who finds no place is sent away.

        For what is done before the password is looked at, so that a crowd does not do that first.
        Raises Unavailable.
        """
        if self._places >= self._room:
            raise self._no_room()
        self._places += 1
        try:
            yield
        finally:
            self._places -= 1

    async def hash(self, password: str) -> str:
        """The salted hash of `password` in its standard text form (`$argon2id$v=19$m=...`).

        Raises Unavailable when the queue is full, ValueError when `check_length` was not heeded.
        """
        text = _composed(password)
        if text is None:
            raise ValueError("password_too_long")
        return await self._in_thread(lambda: self._hashes.hash(_encoded(text)))

    async def verify(self, hash: str | None, password: str) -> tuple[bool, str | None]:
        """Whether `password` fits `hash`, and a new hash to store if the parameters have changed.

        `hash` None (no such account, or one without a password) is never right and takes as long
        as a wrong password. Raises Unavailable when the queue is full.
        """
        text = _composed(password)
        if text is None:
            hash, text = None, ""
        encoded = _encoded(text)
        return await self._in_thread(lambda: self._verify(hash, encoded))

    def _verify(self, hash: str | None, encoded: bytes) -> tuple[bool, str | None]:
        if hash is not None:
            try:
                return self._hashes.verify_and_update(encoded, hash)
            except UnknownHashError:
                pass  # a cell that holds no hash is an account without a password
        self._hashes.verify(encoded, self._dummy)
        return False, None

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        if self._in_flight >= self._room:
            raise self._no_room()
        self._in_flight += 1
        turn = object()
        try:
            with move_on_after(self.longest_wait_s) as wait:
                await self._limiter.acquire_on_behalf_of(turn)
            if wait.cancelled_caught:
                raise self._no_room()
            try:
                with CancelScope(shield=True):  # a hash that has begun keeps its thread
                    done = await get_running_loop().run_in_executor(self._threads, work)
                return done
            finally:
                self._limiter.release_on_behalf_of(turn)
                self._computed += 1
        finally:
            self._in_flight -= 1

    def _no_room(self) -> Unavailable:
        self._refused += 1
        return Unavailable("Many people are signing in right now. Try again in a moment.")


def _give_way() -> None:
    """Let the system prefer whoever answers requests to this thread."""
    if sys.platform == "linux":
        with suppress(OSError):
            thread = (os.PRIO_PROCESS, threading.get_native_id())
            # The whole process may stand back already; the system takes no more than it knows.
            os.setpriority(*thread, os.getpriority(*thread) + NICENESS)


def _composed(password: str) -> str | None:
    """`password` in NFC, so that a letter typed on two keyboards is one; None if too long."""
    if len(password) > _MAX_LENGTH_AS_TYPED:
        return None
    text = unicodedata.normalize("NFC", password)
    return text if len(text) <= MAX_LENGTH else None


def _encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate, which no keyboard types but JSON can carry, is no reason to fail."""
    return text.encode("utf-8", "surrogatepass")
