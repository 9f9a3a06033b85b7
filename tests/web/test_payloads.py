"""J-01 through the whole app: what people send in any text is shown as text, and nothing else."""

import re
from typing import Any

import httpx2
import pytest

from tests.api.recipe_calls import create
from tests.web.browser import Browser
from tests.web.payloads import PAYLOADS, assert_harmless

Json = dict[str, Any]


def poisoned(text: str) -> Json:
    """A body with the same text in every member that takes free text."""
    line = {
        "original_text": text,
        "food_text": text,
        "unit_text": text,
        "preparation": text,
        "note": text,
        "quantity": {"min": 1},
        "package": {"size": 1, "unit_text": text},
        "plus": [{"amount": 1, "unit_text": text}],
    }
    step = {"title": text, "text": text, "timers": [{"label": text, "min_s": 60}]}
    time = {"min_s": None, "max_s": None, "original_text": text}
    return {
        "title": text,
        "summary": text,
        "visibility": "public",
        "tags": [{"name": text}],
        "ingredient_groups": [
            {
                "name": text,
                "lines": [line, {"original_text": text}, {"kind": "text", "original_text": text}],
            }
        ],
        "sections": [{"name": text, "steps": [step]}],
        "times": dict.fromkeys(("prep", "cook", "rest", "total"), time),
        "yields": {"amount": 1, "noun": text, "original_text": text},
        "source": {"site": text, "author": text, "licence_note": text},
        "equipment": [text],
        "nutrition": {
            "basis": "per_serving",
            "source": "manual",
            "values": {"energy": {"amount": "1", "unit": text[:50]}},
        },
        "notes": [{"title": text, "text": text}],
    }


def assert_only_text(browser: Browser) -> None:
    policy = browser.answer.headers["Content-Security-Policy"]
    (nonce,) = re.findall(r"'nonce-([\w-]+)'", policy)
    areas = {"textarea", "select", "option", "fieldset", "legend"}
    assert_harmless(browser.page, nonce, more=areas)


#: The app is emptied between tests, which takes longer than the pages do.
CHUNKS = [PAYLOADS[start::6] for start in range(6)]


@pytest.mark.parametrize("texts", CHUNKS, ids=range(6))
class TestPayloads:
    async def test_j01_in_every_member_of_a_recipe(
        self, adas: Browser, as_ada: httpx2.AsyncClient, texts: list[str]
    ) -> None:
        for text in texts:
            recipe = await create(as_ada, **poisoned(text))
            path = f"/recipes/{recipe['id']}"
            for page in (path, f"{path}/edit", "/", "/?household=all"):
                await adas.open(page)
                assert adas.answer.status_code == 200
                assert_only_text(adas)
            await adas.open(path)
            assert adas.heading == recipe["title"]
            await adas.send(f"{path}/delete")
            assert recipe["title"] in adas.message
            assert_only_text(adas)
            await adas.open("/trash")
            assert_only_text(adas)

    async def test_j01_in_every_field_that_comes_back(
        self, adas: Browser, texts: list[str]
    ) -> None:
        for text in texts:
            await adas.open("/", params={"q": text, "tag": text, "sort": text, "household": text})
            assert_only_text(adas)
            await adas.open("/import", params={"url": text})
            assert adas.field("url") == text
            assert_only_text(adas)
            await adas.send("/import", url=text, page_url=text)
            assert_only_text(adas)
            await adas.open("/recipes/new")
            names = (
                "title",
                "ingredients",
                "steps",
                "notes",
                "tags",
                "servings",
                "prep",
                "source_url",
            )
            await adas.send("/recipes/new", language=text, **dict.fromkeys(names, text))
            assert (adas.answer.status_code, adas.field("title")) == (422, text)
            assert_only_text(adas)

    async def test_j01_in_the_forms_of_strangers(self, browser: Browser, texts: list[str]) -> None:
        for text in texts:
            await browser.open("/login", params={"next": text})
            assert_only_text(browser)
            await browser.send("/login", email=text, password=text)
            assert browser.field("email") == text
            assert_only_text(browser)
            await browser.open("/signup")
            await browser.send("/signup", email=text, display_name=text, password="x")
            assert_only_text(browser)
            await browser.open("/nope", headers={"X-Request-ID": "x"}, params={"q": text})
            assert_only_text(browser)
