"""Every mail with sample values, as it would leave: for who writes mails."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from potluck.core.errors import NotFound
from potluck.providers import ResourcesOf
from potluck.services.mail_samples import SAMPLES
from potluck.services.mail_text import LANGUAGES
from potluck.web.rendering import PagesOf

PATH = "/mail-preview"
#: Served only with `POTLUCK_MAIL__PREVIEW`.
router = APIRouter(prefix=PATH)

_BY_KIND = {each.kind: each for each in SAMPLES}
#: A mail brings its own look, fetches nothing and runs nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"


@router.get("")
async def preview(pages: PagesOf, resources: ResourcesOf) -> Response:
    """The list of the mails, each with its subject in every language."""
    mails = [
        {
            "kind": mail.kind,
            "letters": [resources.mails.texts.write(mail, language) for language in LANGUAGES],
        }
        for mail in SAMPLES
    ]
    return pages.show("pages/mail_preview.html", mails=mails, path=PATH, languages=LANGUAGES)


@router.get("/{language}/{kind}.{form}")
async def sample(resources: ResourcesOf, language: str, kind: str, form: str) -> Response:
    """One mail, as HTML or as text."""
    if language not in LANGUAGES or kind not in _BY_KIND or form not in {"html", "txt"}:
        raise NotFound("There is no such mail.")
    letter = resources.mails.texts.write(_BY_KIND[kind], language)
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    if form == "txt":
        return PlainTextResponse(f"{letter.subject}\n\n{letter.text}", headers=headers)
    return HTMLResponse(letter.html, headers=headers)
