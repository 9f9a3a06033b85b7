"""The preview of mails: there when the operator wants it, every mail in every language."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from potluck.core.config import Settings
from potluck.core.mail_settings import MailSettings
from potluck.main import create_app
from potluck.services.mail_samples import SAMPLES
from tests.conftest import client_of
from tests.web.html_reader import read

PATH = "/mail-preview"


@pytest.fixture
async def previewed(app: FastAPI, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an app with the preview, over the same database."""
    changed = settings.model_copy(update={"mail": MailSettings(preview=True)})
    other = create_app(changed, works_in_background=False)
    async with other.router.lifespan_context(other), client_of(other) as client:
        yield client


async def test_nobody_sees_it_who_has_not_asked_for_it(client: httpx2.AsyncClient) -> None:
    assert (await client.get(PATH)).status_code == 404
    assert (await client.get(f"{PATH}/en/welcome.html")).status_code == 404


async def test_lists_every_mail_with_its_subjects(previewed: httpx2.AsyncClient) -> None:
    page = read((await previewed.get(PATH)).text)
    assert [each.text for each in page.find("h2")] == [each.kind for each in SAMPLES]
    assert "Wähle ein neues Passwort" in page.text


async def test_every_link_of_it_shows_a_mail(previewed: httpx2.AsyncClient) -> None:
    page = read((await previewed.get(PATH)).text)
    paths = [each.attributes["href"] for each in page.find("a")]
    shown = [path for path in paths if path.startswith(f"{PATH}/")]
    assert len(shown) == len(SAMPLES) * 4
    for path in shown:
        answer = await previewed.get(path)
        assert answer.status_code == 200
        assert "Potluck" in answer.text


async def test_a_mail_may_bring_its_look_and_nothing_else(previewed: httpx2.AsyncClient) -> None:
    answer = await previewed.get(f"{PATH}/de/welcome.html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"
    assert "Hallo Zoë" in answer.text


@pytest.mark.parametrize("path", ["fr/welcome.html", "en/none.html", "en/welcome.pdf"])
async def test_what_is_no_mail_is_not_found(previewed: httpx2.AsyncClient, path: str) -> None:
    assert (await previewed.get(f"{PATH}/{path}")).status_code == 404
