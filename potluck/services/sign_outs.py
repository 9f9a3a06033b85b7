"""The end of everything that an account is signed in with."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.models import User
from potluck.services import one_time_links


async def everywhere(
    session: AsyncSession,
    user: User,
    changes: dict[str, Any],
    because: str,
    *,
    has_tokens_revoked: bool,
    now: datetime,
) -> None:
    """Change the account, which is locked, and end every session that it had before, at once.

    Personal tokens end with `has_tokens_revoked`; links that were mailed do nothing any more.
    """
    raised = {"auth_epoch": user.auth_epoch + 1}
    await crud.user.update(session, user, changes | raised, now=now)
    end = crud.credential.end_all if has_tokens_revoked else crud.credential.end_sign_ins
    await end(session, user.id, because, now)
    await one_time_links.void(session, user.id)
