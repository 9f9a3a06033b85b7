"""From a template to an answer: the frame, the policy of scripts, caching, messages."""

import secrets
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from potluck.crud.tenancy import named_households
from potluck.providers import ResourcesOf
from potluck.resources import Resources
from potluck.web import cookies, flash
from potluck.web.deps import Viewer, ViewerOf
from potluck.web.templating import Flash, Shell, Templates

Theme = Literal["light", "dark"]

_NONCE_BYTES = 16
#: Everything comes from our own origin, scripts only from elements that carry the answer's nonce
#: (Content Security Policy Level 3). `data:` pictures are those inside style sheets.
_POLICY = (
    "default-src 'none'; script-src 'nonce-{}'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Pages:
    """Makes the answers to one request, for the person who looks."""

    request: Request
    resources: Resources
    viewer: Viewer

    def show(
        self,
        template: str,
        *,
        status: int = 200,
        has_form: bool = False,
        is_indexed: bool = False,
        **context: Any,
    ) -> HTMLResponse:
        """The page of a template; `context` is what the template's head lists.

        With `has_form` no cache may keep it: it holds what somebody typed. Search engines may list
        a page only with `is_indexed`, and where the operator lets them.
        """
        settings = self.resources.settings
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        sealed = cookies.read(self.request, settings, cookies.FLASH)
        html = templates_of(self.request).render(template, self._shell(nonce, sealed), **context)
        response = HTMLResponse(
            html,
            status_code=int(status),  # a bare number, as logs and documents write it
            headers={
                "Content-Security-Policy": _POLICY.format(nonce),
                "Cache-Control": "no-store" if has_form else "private, no-cache",
                "Vary": "Cookie",
            },
        )
        if not is_indexed or settings.robots == "deny":
            response.headers["X-Robots-Tag"] = "noindex"
        if sealed is not None:
            cookies.forget(response, settings, cookies.FLASH)
        return response

    def go(
        self, path: str, message: Flash | None = None, *, session_id: str | None = None
    ) -> RedirectResponse:
        """On to a page of ours, by GET (RFC 9110, 15.4.4); it shows the message.

        `session_id` is the session that the next page is asked in, the viewer's by default.
        """
        settings = self.resources.settings
        headers = {"Cache-Control": "no-store"}
        response = RedirectResponse(self.link(path), status_code=303, headers=headers)
        if message is not None:
            id = session_id or self.viewer.session_id
            sealed = flash.seal(self.resources.csrf_key, id, message)
            cookies.keep(response, sealed, settings, cookies.FLASH)
        return response

    def link(self, path: str) -> str:
        """A path of ours with the sub-path that a proxy serves us under."""
        return self.resources.settings.server.root_path + path

    @property
    def path(self) -> str:
        """The path that was asked for, below that sub-path."""
        path: str = self.request.scope["path"]
        root = self.resources.settings.server.root_path
        return path.removeprefix(root) if root and path.startswith(f"{root}/") else path

    def _shell(self, nonce: str, sealed: str | None) -> Shell:
        settings, viewer = self.resources.settings, self.viewer
        message = None
        if sealed is not None:
            message = flash.unseal(self.resources.csrf_key, viewer.session_id, sealed)
        user = viewer.user
        return Shell(
            csp_nonce=nonce,
            csrf_token=viewer.form_token,
            base_path=settings.server.root_path,
            path=self.path,
            theme=_theme(self.request),
            viewer=None
            if user is None
            else {
                "display_name": user.display_name,
                "email": user.email,
                "is_instance_admin": user.is_instance_admin,
                "household_id": str(user.default_household_id),
                "households": named_households(user),
            },
            flash=message,
            can_sign_up=settings.signup.mode == "open",
            docs_path=f"{settings.api_v1_prefix}/docs" if settings.docs else "",
        )


async def get_pages(request: Request, resources: ResourcesOf, viewer: ViewerOf) -> Pages:
    """The maker of this request's pages."""
    return Pages(request, resources, viewer)


PagesOf = Annotated[Pages, Depends(get_pages)]


def templates_of(request: Request) -> Templates:
    """The templates that the app was assembled with."""
    found: Templates = request.app.state.templates
    return found


def _theme(request: Request) -> Theme | None:
    chosen = request.cookies.get(cookies.THEME)
    return cast("Theme", chosen) if chosen in {"light", "dark"} else None
