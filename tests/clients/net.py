"""A small internet for tests: names, public addresses, and one server behind all of them."""

import asyncio
import ssl
from collections.abc import Callable, Collection
from datetime import timedelta

import httpcore2

from potluck.clients.fetcher.dialling import dial_address
from potluck.clients.fetcher.fetcher import GuardedFetcher
from tests.doubles import FakeClock

PUBLIC = "93.184.216.34"
PUBLIC_V6 = "2606:2800:220:1:248:1893:25c8:1946"


class Net:
    """Only the lowest step is ours: a judged address is translated to the server's port.

    `names` maps a name to its answers; each look-up takes the next list, the last one stays.
    Unknown names resolve to `PUBLIC`.
    """

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.names: dict[str, list[list[str]]] = {}
        self.lookups: list[str] = []
        self.dialled: list[tuple[str, int]] = []
        self.slept: list[float] = []
        self.clock = FakeClock()

    async def resolve(self, host: str, _port: int) -> list[str]:
        self.lookups.append(host)
        answers = self.names.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def dial(self, address: str, port: int, timeout_s: float) -> httpcore2.AsyncNetworkStream:
        self.dialled.append((address, port))
        return await dial_address("127.0.0.1", self.server_port, timeout_s)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def fetcher(
        self,
        *,
        allow: Collection[str] = (),
        timeout_s: float = 10.0,
        max_bytes: int = 5_000_000,
        max_picture_bytes: int = 20_000_000,
        queue_s: float = 10.0,
        is_own: Callable[[str], bool] = lambda _address: False,
        ssl_context: ssl.SSLContext | None = None,
    ) -> GuardedFetcher:
        return GuardedFetcher(
            clock=self.clock,
            allow=allow,
            timeout_s=timeout_s,
            max_bytes=max_bytes,
            max_picture_bytes=max_picture_bytes,
            queue_s=queue_s,
            ssl_context=ssl_context,
            resolve=self.resolve,
            dial=self.dial,
            is_own=is_own,
            sleep=self.sleep,
        )
