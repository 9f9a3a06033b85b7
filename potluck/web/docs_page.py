"""The API's own page: every operation, to read and to try, with assets of our own origin."""

from fastapi import APIRouter
from starlette.responses import Response

from potluck.web.rendering import PagesOf

#: Included below the prefix of the API.
router = APIRouter()


@router.get("/docs")
async def api_docs(pages: PagesOf) -> Response:
    """The API browser."""
    prefix = pages.resources.settings.api_v1_prefix
    return pages.show("pages/api_docs.html", openapi_url=pages.link(f"{prefix}/openapi.json"))
