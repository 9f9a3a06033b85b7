"""The list of recipes: of one of my households, or the public ones."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import Response

from potluck import crud
from potluck.core.errors import TooManyRequests
from potluck.core.paging import PageRequest
from potluck.crud import recipe_filters, recipe_list, tag_usage
from potluck.providers import ReadSession, use_long_reads
from potluck.schemas.recipe.query import RecipeFilter
from potluck.services import recipe_search
from potluck.services.throttling import Limit
from potluck.web import limits
from potluck.web.cards import card
from potluck.web.rendering import Pages, PagesOf

router = APIRouter()

PER_PAGE = 24
#: The best matches are one page: who wants more says more.
MOST_MATCHES = 100
TAGS_OFFERED = 12
#: `household=all` shows whatever the viewer may see, also what other households share.
EVERYTHING = "all"
#: What the address of the list may say; anything else is passed over.
_MEMBERS = ("q", "sort", "max_total_time")


@dataclass(frozen=True)
class Listing:
    """The rows that are shown, and the words they were found by where nobody typed those."""

    rows: list[Any]
    next_cursor: str | None = None
    is_first_page: bool = True
    corrected: str | None = None


@router.get("/", dependencies=[Depends(use_long_reads)])
async def home(pages: PagesOf, read: ReadSession) -> Response:
    """Recipes with a search box, a page at a time."""
    try:
        if pages.request.query_params.get("q"):
            await limits.count(pages, Limit.SEARCH, let_go=read.close)
    except TooManyRequests as error:
        return limits.told(await _home(pages, read, too_often=error), error)
    return await _home(pages, read)


async def _home(
    pages: Pages, read: ReadSession, *, too_often: TooManyRequests | None = None
) -> Response:
    query = pages.request.query_params
    public_url = pages.resources.settings.public_url
    households, chosen = await _households(pages, read, query.get("household", ""))
    household_id = None if chosen in {"", EVERYTHING} else UUID(chosen)
    wanted = _wanted(query).model_copy(update={"household_id": household_id})
    listing = Listing([]) if too_often else await _listing(pages, read, wanted)
    return pages.show(
        "index.html",
        is_indexed=not query,
        canonical=None if query else f"{public_url}/",
        recipes=[card(row, public_url) for row in listing.rows],
        heading=_heading(pages, households, chosen),
        query=_asked(wanted, chosen if "household" in query else ""),
        tags=await _tags(pages, read, wanted),
        households=households,
        household=chosen,
        corrected=listing.corrected,
        wait=limits.sentence(too_often) if too_often else None,
        most=MOST_MATCHES,
        next_cursor=listing.next_cursor,
        is_first_page=listing.is_first_page,
    )


async def _listing(pages: Pages, read: ReadSession, wanted: RecipeFilter) -> Listing:
    """The best matches for words; in an order that was asked for, all of them page by page."""
    actor = pages.viewer.actor
    if wanted.q is not None and "sort" not in wanted.model_fields_set:
        where = recipe_filters.conditions(wanted.model_copy(update={"q": None}))
        found = await recipe_search.find(
            read,
            actor,
            wanted.q,
            languages=await pages.resources.languages.current(read),
            limit=MOST_MATCHES,
            where=where,
        )
        return Listing(found.rows, corrected=found.corrected)
    page = page_request(pages, PER_PAGE)
    rows, cursor = await recipe_list.page(read, actor, page, wanted)
    return Listing(rows, cursor, is_first_page=page.cursor is None)


def page_request(pages: Pages, limit: int) -> PageRequest:
    """The page that `cursor` names; it is bound to the list and to who looks at it."""
    query = pages.request.query_params
    others = sorted(item for item in query.multi_items() if item[0] != "cursor")
    binding = f"{pages.path}?{urlencode(others)}#{pages.viewer.actor.user_id}"
    return PageRequest(limit, query.get("cursor"), pages.resources.cursors, binding)


async def _households(
    pages: Pages, session: ReadSession, wanted: str
) -> tuple[list[tuple[str, str]], str]:
    """What the viewer may choose from (key and name), and what is chosen: "" for strangers.

    Who has one household also has a choice: other households share recipes too.
    """
    user = pages.viewer.user
    if user is None:
        return [], ""
    rows = await crud.user.memberships(session, pages.viewer.actor)
    found = [(str(household.id), household.name) for _, household in rows]
    known = {id for id, _ in found}
    preferred = [wanted, str(user.default_household_id), *(id for id, _ in found)]
    chosen = next((id for id in preferred if id in known | {EVERYTHING}), EVERYTHING)
    return [*found, (EVERYTHING, "All I can see")] if found else [], chosen


async def _tags(pages: Pages, session: ReadSession, wanted: RecipeFilter) -> list[dict[str, str]]:
    """Tags to filter by; strangers see no household's tags."""
    actor = pages.viewer.actor
    if actor.user_id is None:
        return []
    found = await tag_usage.most_used(
        session,
        actor,
        household_id=wanted.household_id,
        limit=TAGS_OFFERED,
        always=[id for id in map(_uuid, wanted.tag) if id is not None],
    )
    return [{"id": str(id), "name": name} for id, name in found]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _wanted(query: QueryParams) -> RecipeFilter:
    """What the address asks for, without the members that cannot be read."""
    members: dict[str, Any] = {name: query[name] for name in _MEMBERS if query.get(name)}
    members["tag"] = [each for each in query.getlist("tag") if each]
    try:
        return RecipeFilter.model_validate(members)
    except ValidationError as error:
        broken = {each["loc"][0] for each in error.errors()}
        rest = {name: value for name, value in members.items() if name not in broken}
        return RecipeFilter.model_validate(rest)


def _asked(wanted: RecipeFilter, household: str) -> dict[str, Any]:
    """The same as the links of the page repeat it."""
    return {
        "q": wanted.q or "",
        "sort": wanted.sort.value if "sort" in wanted.model_fields_set else "",
        "tag": wanted.tag,
        "max_total_time": wanted.max_total_time,
        "household": household,
    }


def _heading(pages: Pages, households: list[tuple[str, str]], chosen: str) -> str:
    """The name of what is shown; who has one household knows which it is."""
    if pages.viewer.user is None:
        return "Public recipes"
    if len(households) == 2 and chosen != EVERYTHING:
        return "Recipes"
    return dict(households).get(chosen, "Recipes")
