"""What the tests of mailed links do over and over."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from fastapi import FastAPI

from potluck.models import User
from potluck.resources import Resources
from potluck.services import password_resets
from tests.conftest import API

RESET_CONFIRM = f"{API}/auth/password-reset/confirm"
NEW = "sixteen lemons in a bowl"


def token_in(link: str) -> str:
    """The token of a link."""
    [token] = parse_qs(urlsplit(link).query)["token"]
    return token


def links_in(mail: EmailMessage, path: str) -> list[str]:
    """The links to a page of ours in the text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return [each for each in part.get_content().split() if urlsplit(each).path == path]


@contextlib.contextmanager
def verifying(app: FastAPI, resources: Resources) -> Iterator[None]:
    """As with POTLUCK_SIGNUP__VERIFY_EMAIL=true."""
    signup = resources.settings.signup.model_copy(update={"verify_email": True})
    settings = resources.settings.model_copy(update={"signup": signup})
    app.state.resources = replace(resources, settings=settings)
    try:
        yield
    finally:
        app.state.resources = resources


async def reset_token(resources: Resources, user: User) -> str:
    """The token of a new link that resets the user's password."""
    async with resources.database.transaction() as session:
        path, _ = await password_resets.new_link(session, user, now=resources.clock.now())
    return token_in(path)


async def reset(
    client: httpx2.AsyncClient, token: str, password: str = NEW, **members: Any
) -> httpx2.Response:
    return await client.post(RESET_CONFIRM, json={"token": token, "password": password} | members)
