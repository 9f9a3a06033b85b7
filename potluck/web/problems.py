"""The pages behind the `type` of problem documents."""

from fastapi import APIRouter
from starlette.responses import Response

from potluck.core.errors import AppError
from potluck.services import problem_pages
from potluck.web.rendering import PagesOf

router = APIRouter()


@router.get("/problems/{slug}")
async def problem(pages: PagesOf, slug: str) -> Response:
    """What a problem means and what to do about it."""
    page = problem_pages.page(slug)
    named = {"slug": page.slug, "title": page.title, "status": _STATUSES[page.slug]}
    return pages.show("pages/problem.html", problem=named, text=page.markdown)


def _kinds(kind: type[AppError]) -> list[type[AppError]]:
    below = [each for child in kind.__subclasses__() for each in _kinds(child)]
    return [kind, *below]


_STATUSES = {kind.slug: kind.status for kind in _kinds(AppError)}
