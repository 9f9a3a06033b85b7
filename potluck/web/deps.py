"""Everything a page may ask for: who looks at it, and whether a form really came from us."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import Depends, Form
from starlette.requests import Request

from potluck.core import csrf
from potluck.core.actor import Actor
from potluck.core.errors import (
    AccountDeletionScheduled,
    CrossSite,
    Forbidden,
    ReauthRequired,
    Unauthenticated,
    Unavailable,
)
from potluck.domain.recent_login import is_recent
from potluck.models import User
from potluck.providers import SAFE_METHODS, ReadSession, ResourcesOf
from potluck.resources import Resources
from potluck.services import web_sessions
from potluck.services.account_deletions import RESTORE
from potluck.web import cookies
from potluck.web.forms import FormOf

#: What the form token of someone without a session is bound to.
VISITOR = "visitor"
#: The name of the route that ends a session.
SIGN_OUT = "logout"
#: The page that asks for the password again.
CONFIRM = "/account/confirm"
#: What an account that is about to be deleted may still do: stay, and sign out.
_WHILE_LEAVING = {RESTORE, "/logout"}

_log = structlog.stdlib.get_logger("potluck.web")


@dataclass(frozen=True)
class Viewer:
    """Who looks at a page; `form_token` goes into every form of it."""

    user: User | None
    actor: Actor
    form_token: str
    session_id: str = VISITOR


async def get_viewer(request: Request, resources: ResourcesOf, session: ReadSession) -> Viewer:
    """The person behind the session cookie, or a stranger.

    Form posts let the read session go, as the API does: no request holds two connections. Raises
    `AccountDeletionScheduled`.
    """
    value = cookies.read(request, resources.settings)
    now = resources.clock.now()
    found = await web_sessions.find(session, value, now)
    if request.method not in SAFE_METHODS:
        await session.close()
    if found is None:
        return Viewer(None, Actor.anonymous(), csrf.make(resources.csrf_key, VISITOR))
    is_leaving = found.user.deletion_at is not None
    if is_leaving and request.scope["route"].path not in _WHILE_LEAVING:
        raise AccountDeletionScheduled
    if found.is_touch_due and value is not None:
        await session.close()
        await _touch(resources, value)
    token = csrf.make(resources.csrf_key, found.session_id)
    return Viewer(found.user, found.actor, token, found.session_id)


async def _touch(resources: Resources, value: str) -> None:
    """Note that the session is in use. A page to read does not fail for that note."""
    try:
        async with resources.database.transaction() as session:
            await web_sessions.touch(
                session, value, resources.settings.session, resources.clock.now()
            )
    except Unavailable:
        _log.warning("the last use of a session could not be noted", exc_info=True)


ViewerOf = Annotated[Viewer, Depends(get_viewer)]


async def check_form(
    request: Request,
    resources: ResourcesOf,
    viewer: ViewerOf,
    csrf_token: Annotated[str, Form(max_length=500)] = "",
) -> None:
    """Refuse a form that another site sent in the person's name. Raises `CrossSite`.

    First what the browser says of the sender (Fetch Metadata, else Origin), then the token that
    only our own page could know. Signing out without a session needs no token: there is nothing
    left that another could end.
    """
    check_origin(request, resources)
    if viewer.user is None and request.scope["route"].name == SIGN_OUT:
        return
    if not csrf.check(resources.csrf_key, viewer.session_id, csrf_token):
        raise CrossSite("The form has expired: go back, load the page again and repeat it.")


#: For `dependencies=[OurForm]` of every route that takes a form.
OurForm = Depends(check_form)


def check_origin(request: Request, resources: Resources) -> None:
    """Refuse what the browser does not say is a form of ours. Raises `CrossSite`."""
    if not is_same_origin(request, resources.settings.public_url):
        raise CrossSite("The form was sent from another site. Open Potluck and send it there.")


def is_same_origin(request: Request, public_url: str) -> bool:
    """Whether the browser says that the request came from a page of ours; silence is a no.

    Ours is the base URL, and where this very request went: the guard let its `Host` through, which
    is one, and with a base URL one of our names or an address.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return False
    own = urlsplit(public_url)
    here = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    return origin in {f"{own.scheme}://{own.netloc}", here}


@dataclass(frozen=True)
class Member:
    """Someone with an account."""

    user: User
    actor: Actor


async def get_member(viewer: ViewerOf) -> Member:
    """The person who is signed in. Raises `Unauthenticated` for strangers."""
    if viewer.user is None:
        raise Unauthenticated("This page is for people with an account. Sign in to go on.")
    return Member(viewer.user, viewer.actor)


MemberOf = Annotated[Member, Depends(get_member)]


class NotConfirmed(ReauthRequired):
    """The browser is sent to confirm the password, and then to `back_to`, a path of ours."""

    def __init__(self, back_to: str) -> None:
        super().__init__()
        self.back_to = back_to


def recent_login(back_to: str | None = None, keeps: Collection[str] = ()) -> Any:
    """A dependency: the member gave the password in the last ten minutes.

    Who did not is asked for it, and goes on at the page `back_to` (like "/households/{id}", by
    default the page asked for) with the fields of the form that it `keeps`: no secrets, as they
    stand in its address.
    """

    async def check(
        request: Request, resources: ResourcesOf, member: MemberOf, form: FormOf
    ) -> Member:
        """The person, lately confirmed. Raises `NotConfirmed`."""
        if is_recent(member.actor.auth_at, resources.clock.now()):
            return member
        here = request.scope["path"].removeprefix(resources.settings.server.root_path)
        asked = "" if back_to else request.scope["query_string"].decode("latin-1")
        query = urlencode({name: form[name] for name in keeps if name in form}) or asked
        path = here if back_to is None else back_to.format(**request.path_params)
        raise NotConfirmed(path + (f"?{query}" if query else ""))

    return Depends(check)


async def get_administrator(member: MemberOf) -> Member:
    """Who looks after the instance. Raises `Unauthenticated`, `Forbidden` for everybody else."""
    if not member.actor.is_instance_admin:
        raise Forbidden("This page is for the administrators of this instance.")
    return member


AdministratorOf = Annotated[Member, Depends(get_administrator)]
