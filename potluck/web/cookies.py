"""The session cookie (RFC 6265bis): its name, its flags, and where browsers keep it."""

import ipaddress

from starlette.requests import Request
from starlette.responses import Response

from potluck.core.config import Settings

#: `__Host-` makes the browser insist on Secure, no Domain and Path=/.
NAME = "__Host-potluck"
#: Only with POTLUCK_INSECURE_LOCAL_HTTP: browsers refuse the other on plain http.
INSECURE_NAME = "potluck"


def read(request: Request, settings: Settings) -> str | None:
    """The session cookie's value, None without one."""
    return request.cookies.get(_name(settings))


def keep(response: Response, value: str, settings: Settings) -> None:
    """Hand the browser its session."""
    response.set_cookie(
        _name(settings),
        value,
        max_age=settings.session.absolute_s,
        path="/",
        secure=not settings.insecure_local_http,
        httponly=True,
        samesite="lax",
    )


def forget(response: Response, settings: Settings) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        _name(settings),
        path="/",
        secure=not settings.insecure_local_http,
        httponly=True,
        samesite="lax",
    )


def can_be_kept(request: Request, settings: Settings) -> bool:
    """Whether this browser will keep a Secure cookie: over https, or from this machine itself."""
    if settings.insecure_local_http or request.url.scheme == "https":
        return True
    host = request.url.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _name(settings: Settings) -> str:
    return INSECURE_NAME if settings.insecure_local_http else NAME
