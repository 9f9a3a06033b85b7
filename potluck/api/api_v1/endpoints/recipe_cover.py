"""The cover picture of a recipe."""

from fastapi import Request, Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import SHOWN, answers_for
from potluck.api.limits import LimiterOf
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.api.uploads import BODY, picture_sent
from potluck.core.errors import Invalid
from potluck.services import covers, recipe_answers
from potluck.services.pictures import UnusablePicture
from potluck.services.preconditions import etag_of_recipe
from potluck.services.throttling import Limit

router = Router()

CHANGE = (*SIGNED_IN, "forbidden", "not-found", "stale", "unavailable")


@router.put(
    "/{recipe_id}/cover",
    openapi_extra=BODY,
    responses=SHOWN | problems(*CHANGE, "too-many-requests"),
)
async def replace_cover(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    clock: deps.ClockOf,
    read: deps.ReadSession,
    session: deps.Session,
    actor: deps.MediaWriter,
    recipe_id: deps.RecipeId,
    request: Request,
    response: Response,
    if_match: deps.IfMatch,
) -> schemas.Recipe:
    """Show this picture, and answer the recipe with it.

    The picture is turned upright, stripped of what the camera wrote into it, and kept in up to
    three sizes; the file itself is not. Without a focal point one is guessed. `If-Match` is
    honoured and may be left out.
    """
    await covers.check(read, actor, recipe_id)
    await read.close()  # nothing is held while the picture comes in and is worked on
    await limiter.count(Limit.UPLOAD, actor)
    async with picture_sent(request) as sent:
        try:
            picture = await resources.pictures.take_in(sent.read)
        except UnusablePicture as error:
            raise Invalid.member("/file", error.code, error.detail, place="form") from error
    saved = await covers.attach(
        session,
        actor,
        recipe_id,
        picture,
        focus=sent.focus,
        if_match=if_match,
        now=clock.now(),
    )
    answers_for(request, response, f"/recipes/{recipe_id}")
    response.headers["ETag"] = etag_of_recipe(saved.recipe, saved.tags)
    public_url = resources.settings.public_url
    return recipe_answers.saved(saved.recipe, saved.tags, public_url=public_url)


@router.delete(
    "/{recipe_id}/cover", status_code=status.HTTP_204_NO_CONTENT, responses=problems(*CHANGE)
)
async def delete_cover(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.MediaWriter,
    recipe_id: deps.RecipeId,
    if_match: deps.IfMatch,
) -> None:
    """Have no picture: afterwards `image_url` is null, also where a page had one.

    204 as well when there was none, so that a call whose answer was lost may be repeated.
    """
    await covers.remove(session, actor, recipe_id, if_match=if_match, now=clock.now())
