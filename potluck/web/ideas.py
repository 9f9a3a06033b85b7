"""What people elsewhere cook today, with a way to import what has a page."""

from fastapi import APIRouter
from starlette.responses import Response

from potluck import schemas
from potluck.providers import ClockOf, IdeasMemoryOf, IdeasSourceOf, ReadSession, SettingsOf
from potluck.services import ideas
from potluck.web.deps import MemberOf
from potluck.web.rendering import PagesOf

router = APIRouter()

#: With the three sources of the default settings as many as a page of the library has.
PER_SOURCE = 8

#: What a source did instead of answering, after its name.
_SAID = {
    "rate_limited": "wants to be asked less often. Look again in a while.",
    "refused": "does not let this Potluck in.",
    "unreachable": "could not be reached.",
    "too_slow": "took too long to answer.",
    "bad_answer": "answered with something else than a list of posts.",
}
_NOT_CONFIGURED = "is not asked: its settings are incomplete."


@router.get("/ideas")
async def show_ideas(
    pages: PagesOf,
    read: ReadSession,
    member: MemberOf,
    settings: SettingsOf,
    source: IdeasSourceOf,
    memory: IdeasMemoryOf,
    clock: ClockOf,
) -> Response:
    """What is well liked today; sources that gave nothing are named with the reason."""
    del member
    await read.close()  # nothing is held while other sites take their time
    found = await ideas.gather_ideas(source, memory, settings.ideas, limit=PER_SOURCE)
    return pages.show(
        "pages/ideas.html",
        ideas=[each.model_dump(mode="json") for each in found.items],
        sources=[f"r/{each.name}" for each in found.sources if each.status == "ok"],
        troubles=[_trouble(each) for each in found.sources if each.status != "ok"],
        now=clock.now(),
    )


def _trouble(source: schemas.IdeaSource) -> str:
    said = _SAID[source.reason] if source.reason else _NOT_CONFIGURED
    return f"r/{source.name} {said}"
