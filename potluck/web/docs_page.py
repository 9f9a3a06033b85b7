"""The API's own page: every operation, to read and to try, with assets of our own origin."""

from fastapi import APIRouter
from starlette.responses import Response

from potluck.web.rendering import PagesOf

#: Included below the prefix of every version of the API.
router = APIRouter()


@router.get("/docs")
async def api_docs(pages: PagesOf) -> Response:
    """The API browser of the version that it lies below."""
    prefix = pages.path.removesuffix("/docs")
    return pages.show("pages/api_docs.html", openapi_url=pages.link(f"{prefix}/openapi.json"))
