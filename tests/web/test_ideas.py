"""The page of ideas: what it shows, what it says of silent sources, where its links lead."""

from typing import Any

import pytest

from potluck.clients.ideas import (
    BadAnswer,
    Idea,
    NotConfigured,
    RateLimited,
    Refused,
    TooSlow,
    Unreachable,
)
from potluck.core.config import IdeasSettings
from potluck.providers import get_settings
from potluck.resources import Resources
from potluck.web.templating import Templates
from tests.conftest import Override, checked_out
from tests.doubles import START, FakeIdeas
from tests.web.answers import idea as answered
from tests.web.browser import Browser
from tests.web.payloads import PAYLOADS, assert_harmless
from tests.web.shown import show


def idea(number: int, **changes: Any) -> Idea:
    values: dict[str, Any] = {
        "id": f"reddit:{number}",
        "source": "recipes",
        "title": f"Soup {number}",
        "url": f"https://www.reddit.com/r/recipes/comments/{number}/soup/",
        "link": f"https://kitchen.example/?soup={number}&hot=1",
        "score": 100 - number,
        "comments": number,
        "posted_at": START,
    }
    return Idea(**values | changes)


class TestPage:
    async def test_shows_what_is_liked_most_first(self, adas: Browser, ideas: FakeIdeas) -> None:
        ideas.known = {"recipes": [idea(2)], "easyrecipes": [idea(1), idea(3)]}
        page = await adas.open("/ideas")
        assert adas.heading == "Ideas"
        (main,) = page.find("main")
        assert [each.text for each in main.find("h2")] == ["Soup 1", "Soup 2", "Soup 3"]
        meta = main.find("p", **{"class": "meta"})[0]
        assert [each.text for each in meta.find("span")] == [
            "r/recipes",
            "99 points",
            "1 comment",
            "just now",
        ]

    async def test_title_leads_to_the_discussion_and_tells_it_nothing(
        self, adas: Browser, ideas: FakeIdeas
    ) -> None:
        ideas.known = {"recipes": [idea(1)]}
        page = await adas.open("/ideas")
        (link,) = page.find("main")[0].find("h2")[0].find("a")
        assert link.attributes == {
            "href": "https://www.reddit.com/r/recipes/comments/1/soup/",
            "rel": "nofollow noopener noreferrer",
        }

    async def test_import_leads_to_the_form_with_the_address_filled_in(
        self, adas: Browser, ideas: FakeIdeas
    ) -> None:
        ideas.known = {"recipes": [idea(1), idea(2, link=None)]}
        page = await adas.open("/ideas")
        (button,) = [each for each in page.find("main")[0].find("a") if each.text == "Import"]
        assert button.attributes["aria-describedby"] == "t-1"
        await adas.open(button.attributes["href"])
        assert (adas.path, adas.field("url")) == (
            "/import",
            "https://kitchen.example/?soup=1&hot=1",
        )

    async def test_is_in_the_navigation_of_members(self, adas: Browser, browser: Browser) -> None:
        page = await adas.open("/ideas")
        current = page.find("a", **{"aria-current": "page"})
        assert [each.attributes["href"] for each in current] == ["/ideas", "/ideas"]
        assert (await browser.open("/")).find("a", href="/ideas") == []

    async def test_holds_no_connection_while_sources_are_asked(
        self, adas: Browser, ideas: FakeIdeas, resources: Resources
    ) -> None:
        held: list[int] = []

        async def look(_name: str) -> None:
            held.append(checked_out(resources))

        ideas.meanwhile = look
        await adas.open("/ideas")
        assert held == [0, 0, 0]


class TestTroubles:
    @pytest.mark.parametrize(
        ("failure", "said"),
        [
            (RateLimited(), "wants to be asked less often"),
            (Refused(), "does not let this Potluck in"),
            (Unreachable(), "could not be reached"),
            (TooSlow(), "took too long"),
            (BadAnswer(), "something else than a list"),
            (ZeroDivisionError(), "something else than a list"),
            (NotConfigured(), "settings are incomplete"),
        ],
        ids=lambda each: type(each).__name__,
    )
    async def test_are_said_in_words_beside_the_ideas(
        self, adas: Browser, ideas: FakeIdeas, failure: Exception, said: str
    ) -> None:
        ideas.known = {"recipes": [idea(1)], "easyrecipes": failure}
        page = await adas.open("/ideas")
        (notice,) = page.find("main")[0].find("div", role="status")
        assert notice.find("h2")[0].text == "Some sources gave nothing"
        (sentence,) = notice.find("li")
        assert sentence.text.startswith("r/easyrecipes ")
        assert said in sentence.text
        assert adas.answer.status_code == 200

    async def test_of_all_leave_nothing_but_the_reasons(
        self, adas: Browser, ideas: FakeIdeas
    ) -> None:
        names = ("recipes", "easyrecipes", "TopSecretRecipes")
        ideas.known = {name: Unreachable() for name in names}
        page = await adas.open("/ideas")
        (main,) = page.find("main")
        assert [each.text for each in main.find("h2")] == ["No ideas right now"]
        assert len(main.find("li")) == 3


class TestNothing:
    async def test_new_is_said(self, adas: Browser) -> None:
        page = await adas.open("/ideas")
        assert [each.text for each in page.find("main")[0].find("h2")] == ["Nothing new today"]

    async def test_asked_is_said(
        self, adas: Browser, resources: Resources, override: Override
    ) -> None:
        nobody = resources.settings.model_copy(update={"ideas": IdeasSettings(subreddits=[])})
        override(get_settings, lambda: nobody)
        page = await adas.open("/ideas")
        assert [each.text for each in page.find("main")[0].find("h2")] == ["Nobody is asked"]


class TestHostileText:
    @pytest.mark.parametrize("text", PAYLOADS)
    def test_j01_is_only_text(self, templates: Templates, text: str) -> None:
        page = show(
            templates,
            "ideas",
            ideas=[answered(title=text, source=text, link=text)],
            troubles=[text],
        )
        assert_harmless(page)
        assert page.find("h2", id="t-1")[0].text == text
        (button,) = [each for each in page.find("main")[0].find("a") if each.text == "Import"]
        assert button.attributes["href"].startswith("/import?url=")
