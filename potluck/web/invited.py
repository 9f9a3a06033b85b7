"""Signing up where only the invited may, and why somebody may not."""

from urllib.parse import parse_qs, urlsplit

from potluck.core.errors import EmailTaken, Forbidden, Invalid, SignupClosed
from potluck.web.forms import Errors, sentences
from potluck.web.next_path import own_path
from potluck.web.rendering import Pages

#: The page of an invitation.
PATH = "/invitations"


def invitation_of(pages: Pages, form: dict[str, str]) -> str | None:
    """The token of the invitation that somebody comes from, where only the invited may sign up.

    Elsewhere the account is made first, and the invitation's own page asks whether to join.
    """
    if pages.resources.settings.signup.mode != "invite":
        return None
    way = urlsplit(own_path(form.get("next", "")))
    tokens = parse_qs(way.query).get("token", [])
    return tokens[0] if way.path == PATH and tokens else None


def why_not(error: SignupClosed | Forbidden | EmailTaken | Invalid) -> Errors:
    """Why no account was made, by field; the page itself says that sign-up is closed."""
    if isinstance(error, Invalid):
        return sentences(error)
    if isinstance(error, SignupClosed):
        return {}
    return {"email" if isinstance(error, EmailTaken) else "": str(error)}
