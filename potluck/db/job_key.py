"""The key under which the payloads of jobs are sealed: every unit of work carries it.

A payload may hold the link of a mail, which must not lie readable in a database whose tables keep
nothing but digests of such links.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

_NAME = "job_key"


def carried(key: bytes | None) -> dict[str, Any]:
    """For the factory of sessions: what each of them knows."""
    return {} if key is None else {_NAME: key}


def job_key(session: AsyncSession) -> bytes:
    """The 32-byte key. Raises `KeyError` in a process that was opened to look and not to work."""
    key: bytes = session.info[_NAME]
    return key
