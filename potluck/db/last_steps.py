"""What a unit of work does last, right before it is committed."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

_STEPS = "last_steps"

Step = Callable[[AsyncSession], Awaitable[None]]


def do_last(session: AsyncSession, step: Step) -> None:
    """Await the step before the commit, once, and never if there is none.

    A lock that others wait for is held no longer than the commit takes, and whoever has it waits
    for no other: so it closes no circle.
    """
    steps: list[Step] = session.info.setdefault(_STEPS, [])
    if step not in steps:
        steps.append(step)


async def take_last_steps(session: AsyncSession) -> None:
    """Take them, in the order in which they were asked for."""
    for step in session.info.pop(_STEPS, []):
        await step(session)
