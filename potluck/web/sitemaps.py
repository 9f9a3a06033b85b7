"""What programs that search the web are told: where to look, and which recipes are public.

`/robots.txt` follows RFC 9309, the site map https://www.sitemaps.org/protocol.html.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from anyio import to_thread
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from potluck.core.config import Settings
from potluck.core.errors import NotFound
from potluck.crud import public_recipes
from potluck.providers import ReadSession, SettingsOf, use_long_reads
from potluck.web.published import publish
from potluck.web.templating import recipe_path
from potluck.web.xml_text import add, document, instant

router = APIRouter()

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: The protocol allows 50,000 addresses a page and as many pages; 10,000 stay far below its 50 MB.
PER_PAGE = 10_000
MOST_PAGES = 50_000
#: What a search has no use for, beside the API: forms, what needs an account, lists of what was
#: found. `*` and `$` as in RFC 9309, 2.2.3.
HIDDEN = (
    "/health/",
    "/admin",
    "/account/",
    "/login",
    "/logout",
    "/signup",
    "/verify",
    "/forgot",
    "/reset",
    "/email-change",
    "/invitations",
    "/households$",
    "/setup",
    "/import",
    "/ideas",
    "/trash",
    "/recipes/new",
    "/recipes/*/edit$",
    "/?",
)


@router.get("/robots.txt")
async def robots(request: Request, settings: SettingsOf) -> Response:
    """Which pages may be read by programs; none when the operator says so."""
    root = settings.server.root_path
    lines = ["User-agent: *"]
    if settings.robots == "deny":
        lines.append(f"Disallow: {root}/")
    else:
        versions = (f"{version.prefix}/" for version in request.app.state.versions)
        hidden = (*versions, *HIDDEN)
        lines += [f"Disallow: {root}{path}" for path in hidden]
        lines += ["", f"Sitemap: {settings.public_url}/sitemap.xml"]
    return publish(request, settings, "\n".join([*lines, ""]).encode(), "text/plain")


@router.get("/sitemap.xml", dependencies=[Depends(use_long_reads)])
async def index(request: Request, settings: SettingsOf, read: ReadSession) -> Response:
    """The pages of the site map. There is always a first: it names the home page."""
    _check_wanted(settings)
    changes = await public_recipes.last_changes(read, per_page=PER_PAGE)
    root = Element("sitemapindex", xmlns=NAMESPACE)
    for number, changed_at in enumerate(changes or [None], start=1):
        entry = add(root, "sitemap")
        add(entry, "loc", f"{settings.public_url}/sitemap-{number}.xml")
        if changed_at is not None:
            add(entry, "lastmod", instant(changed_at))
    return publish(request, settings, document(root), "application/xml")


@router.get("/sitemap-{number:int}.xml", dependencies=[Depends(use_long_reads)])
async def page(request: Request, settings: SettingsOf, read: ReadSession, number: int) -> Response:
    """One page of the site map; a recipe keeps its place while others come."""
    _check_wanted(settings)
    if not 1 <= number <= MOST_PAGES:
        raise _no_page()
    rows = await public_recipes.page(read, number, per_page=PER_PAGE)
    if not rows and number > 1:
        raise _no_page()
    # A full page takes 0.1 s to write.
    body = await to_thread.run_sync(partial(_page, settings.public_url, rows, has_home=number == 1))
    return publish(request, settings, body, "application/xml")


def _page(url: str, rows: Sequence[Any], *, has_home: bool) -> bytes:
    root = Element("urlset", xmlns=NAMESPACE)
    if has_home:
        add(add(root, "url"), "loc", f"{url}/")
    for row in rows:
        entry = add(root, "url")
        path = recipe_path({"id": str(row.id), "slug": row.slug})
        add(entry, "loc", url + path)
        add(entry, "lastmod", instant(row.updated_at))
    return document(root)


def _check_wanted(settings: Settings) -> None:
    if settings.robots == "deny":
        raise NotFound("This Potluck names no recipes to search engines.")


def _no_page() -> NotFound:
    return NotFound("The site map has no such page.")
