"""The end of one's own account, and its undoing."""

from fastapi import Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CHANGED
from potluck.api.problems import MAY_BE_LEAVING, SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import account_deletions
from potluck.services.preconditions import etag_of_answer

router = Router()


@router.delete(
    "/me",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(
        *SIGNED_IN,
        "reauth-required",
        "forbidden",
        "last-owner",
        "last-administrator",
        "stale",
        "precondition-required",
        "unavailable",
    ),
)
async def delete_me(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecentLogin,
    if_match: deps.IfMatch,
) -> None:
    """Have the account deleted in seven days; everything that is signed in ends at once.

    Until then its owner can sign in, see it and keep it, and nothing else. Households that nobody
    else belongs to go with it; recipes in other households stay there without an author. While
    others belong to a household that only the caller owns it is 409, with `household_ids`.
    """
    await account_deletions.schedule(session, actor, if_match=if_match, now=clock.now())


@router.post("/me/restore", responses=CHANGED | problems(*MAY_BE_LEAVING, "unavailable"))
async def restore_me(
    clock: deps.ClockOf, session: deps.Session, actor: deps.DeletionUndoer, response: Response
) -> schemas.User:
    """Keep an account that was to be deleted. Nothing changes for one that was not."""
    answer = await account_deletions.undo(session, actor, now=clock.now())
    response.headers["ETag"] = etag_of_answer(answer)
    return answer
