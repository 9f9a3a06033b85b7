"""Looks a name up once, judges every answer, and dials an address that was judged.

There is no second look-up between the judgement and the connection, so a name that changes its
mind (DNS rebinding) gains nothing. TLS still verifies the name of the URL.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import httpcore2

from potluck.clients.fetcher.addresses import is_own, is_public
from potluck.clients.fetcher.targets import Target
from potluck.core.errors import FetchRefused, FetchUnreachable

#: Host and port to the addresses found, in the order to try them; raises OSError.
Resolve = Callable[[str, int], Awaitable[list[str]]]
#: Judged address, port and seconds to a connected stream; raises httpcore2's network errors.
Dial = Callable[[str, int, float], Awaitable[httpcore2.AsyncNetworkStream]]

MAX_ANSWERS = 16
#: A machine whose IPv6 is broken must reach the second address of a dual-stack site.
MAX_DIALS = 3


async def resolve_host(host: str, port: int) -> list[str]:
    """All A and AAAA answers of the system's resolver for `host`. Raises OSError."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in answers]


async def dial_address(address: str, port: int, timeout_s: float) -> httpcore2.AsyncNetworkStream:
    """Connect to a literal `address`; no name is looked up here."""
    return await httpcore2.AnyIOBackend().connect_tcp(address, port, timeout=timeout_s)


class Dialler:
    """Opens a connection to a target, if every address of its name may be reached."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve_host,
        dial: Dial = dial_address,
        is_own: Callable[[str], bool] = is_own,
    ) -> None:
        self._resolve = resolve
        self._dial = dial
        self._is_own = is_own

    async def connect(
        self, target: Target, *, resolve_s: float, connect_s: float
    ) -> httpcore2.AsyncNetworkStream:
        """A plain connection to `target`.

        Raises FetchRefused if any answer may not be reached, FetchUnreachable if none answers.
        """
        addresses = await self._look_up(target, resolve_s)
        if not target.is_exception and not all(map(self._may_be_reached, addresses)):
            raise FetchRefused("The address does not lead to the public internet.")
        tried = addresses[:MAX_DIALS]
        for address in tried:
            try:
                return await self._dial(address, target.port, connect_s / len(tried))
            except (httpcore2.NetworkError, httpcore2.TimeoutException):
                continue
        raise FetchUnreachable

    async def _look_up(self, target: Target, resolve_s: float) -> list[str]:
        """The distinct addresses of the target's name, at least one."""
        try:
            async with asyncio.timeout(resolve_s):
                answers = await self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise FetchUnreachable from error
        addresses = list(dict.fromkeys(answers))
        if not addresses:
            raise FetchUnreachable
        if len(addresses) > MAX_ANSWERS:
            raise FetchRefused("The name has more addresses than a web site needs.")
        return addresses

    def _may_be_reached(self, address: str) -> bool:
        return is_public(address) and not self._is_own(address)
