"""What administrators see of the instance at a glance: cheap facts, nothing of any household."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import __version__, crud
from potluck.core.actor import Actor
from potluck.core.config import Settings
from potluck.crud import examination, instance_counts
from potluck.db import migrations
from potluck.services import accounts_admin


@dataclass(frozen=True)
class Overview:
    """`schema` is ok, behind or ahead of the program; `mail` is how mails leave."""

    version: str
    engine: str
    schema: str
    sign_up: str
    mail: str
    address: str
    counts: dict[str, int]
    #: Jobs by their state.
    jobs: dict[str, int]


async def look(session: AsyncSession, actor: Actor, settings: Settings) -> Overview:
    """The overview. Raises `Forbidden` for who is no administrator."""
    accounts_admin.check_administrator(actor)
    return Overview(
        version=__version__,
        engine=" ".join(await examination.engine_version(session)),
        schema=await migrations.schema_state(session),
        sign_up=settings.signup.mode,
        mail=settings.mail.way,
        address=settings.public_url,
        counts=await instance_counts.count(session),
        jobs=await _jobs(session),
    )


async def _jobs(session: AsyncSession) -> dict[str, int]:
    by_state: Counter[str] = Counter()
    for (_, state), count in (await crud.job.counts(session)).items():
        by_state[state] += count
    return {state: by_state[state] for state in ("queued", "running", "failed")}
