"""Our cookies (RFC 6265bis): their names, their flags, and where browsers keep them."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from potluck.core.config import Settings

#: `__Host-` makes the browser insist on Secure, no Domain and Path=/.
PREFIX = "__Host-"
#: The sign-in, and the message that the next page shows. With POTLUCK_INSECURE_LOCAL_HTTP both go
#: without the prefix: browsers refuse it on plain http.
SESSION, FLASH = "potluck", "potluck-flash"
#: Says that this browser has signed in before; it opens nothing.
DEVICE = "potluck-device"
#: Written by our own script, so that the server renders the next page in the chosen colours.
THEME = "potluck_theme"
FLASH_LIFE_S = 300
DEVICE_LIFE_S = 365 * 86_400


def read(request: Request, settings: Settings, kind: str = SESSION) -> str | None:
    """The cookie's value, None without one.

    A request that shows a token is the token's, whatever it is worth: the session beside it does
    not count. `Authorization` of another scheme is for a proxy before us, and no matter of ours.
    """
    scheme = request.headers.get("authorization", "").partition(" ")[0]
    if kind == SESSION and scheme.lower() == "bearer":
        return None
    return request.cookies.get(name(settings, kind))


def keep(
    response: Response,
    value: str,
    settings: Settings,
    kind: str = SESSION,
    *,
    is_remembered: bool = False,
) -> None:
    """Hand the browser a cookie; by default its session, which may be a remembered one."""
    lives_s = {
        SESSION: settings.session.absolute_s,
        DEVICE: DEVICE_LIFE_S,
        FLASH: FLASH_LIFE_S,
    }
    response.set_cookie(
        name(settings, kind),
        value,
        max_age=settings.session.remembered_s if is_remembered else lives_s[kind],
        path="/",
        secure=not settings.insecure_local_http,
        httponly=True,
        samesite="lax",
    )


def forget(response: Response, settings: Settings, kind: str = SESSION) -> None:
    """Take a cookie from the browser; by default its session."""
    response.delete_cookie(
        name(settings, kind),
        path="/",
        secure=not settings.insecure_local_http,
        httponly=True,
        samesite="lax",
    )


def can_be_kept(request: Request, settings: Settings) -> bool:
    """Whether this browser will keep a Secure cookie: over https, or from this machine itself."""
    if settings.insecure_local_http or request.scope["scheme"] == "https":
        return True
    public = urlsplit(settings.public_url)
    if public.scheme == "https" and request.headers.get("host") == public.netloc:
        return True  # a proxy ended TLS and did not say so
    host = _host_name(request)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def name(settings: Settings, kind: str = SESSION) -> str:
    """The name that browsers know the cookie by."""
    return kind if settings.insecure_local_http else PREFIX + kind


def _host_name(request: Request) -> str:
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""
