"""How late the event loop is: the first sign that something blocks it."""

import asyncio
from collections.abc import Callable
from time import perf_counter

EVERY_S = 0.1


async def watch(observe: Callable[[float], None]) -> None:
    """Ask to be woken ten times a second, and tell by how many seconds it was too late."""
    while True:
        due_s = perf_counter() + EVERY_S
        await asyncio.sleep(EVERY_S)
        observe(max(0.0, perf_counter() - due_s))
