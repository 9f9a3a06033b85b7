"""The form of a recipe once more, as it was typed, when what came in between refuses the post."""

import re
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from potluck.core.errors import (
    AppError,
    CrossSite,
    Forbidden,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from potluck.web import drafts, forms
from potluck.web.deps import is_same_origin
from potluck.web.recipe_pages import show_form
from potluck.web.rendering import Pages

_FORM = re.compile(r"/recipes/(?:new|(?P<id>[0-9a-f-]{36})/edit)", re.IGNORECASE)
#: What may be over by the time the form is sent again, or after something was done about it.
_PASSING = (CrossSite, Forbidden, NotFound, Unauthenticated, Unavailable)
_HIDDEN = (drafts.FIELD, drafts.VIA, "household_id", "seen")


async def page(pages: Pages, error: AppError) -> Response | None:
    """The form with what was typed and the sentence; None where no form of ours was refused.

    Another site's form is never shown as ours.
    """
    request, found = pages.request, _FORM.fullmatch(pages.path)
    if request.method != "POST" or found is None or not isinstance(error, _PASSING):
        return None
    if not _has_form(request) or not is_same_origin(request, pages.resources.settings.public_url):
        return None
    form = await forms.read_form(request)
    if isinstance(error, Unavailable):
        # Who looks cannot be found out now; the token is checked when it comes back.
        token = form.get("csrf_token", "")
        pages = replace(pages, viewer=replace(pages.viewer, form_token=token))
    recipe = found["id"] and {"id": found["id"], "slug": "", "title": form.get("title", "")}
    return show_form(
        pages,
        pages.path,
        form,
        recipe=recipe or None,
        errors={"": _sentence(error)},
        etag=form.get("etag", ""),
        hidden={name: form[name] for name in _HIDDEN if name in form},
        status=error.status,
    )


def _has_form(request: Request) -> bool:
    """Whether the form was read before the refusal; nothing more is read after one."""
    return getattr(request, "_form", None) is not None


def _sentence(error: AppError) -> str:
    kept = "What you typed is below."
    if isinstance(error, CrossSite):
        return f"The form has expired. {kept} Send it once more."
    if isinstance(error, Unauthenticated):
        return f"You are not signed in any more. {kept} Sign in in another tab, then send it."
    return f"{error.detail or error.title} {kept}"
