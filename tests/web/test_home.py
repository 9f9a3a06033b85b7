"""The list of recipes: whose, filtered how, page by page."""

import httpx2
import pytest

from potluck.models import User
from potluck.web import home
from tests.api.recipe_calls import create, delete
from tests.conftest import As
from tests.factories import Factories
from tests.web.browser import Browser


def titles(browser: Browser) -> list[str]:
    cards = [each for each in browser.page.find("li") if each.attributes.get("class") == "card"]
    return [card.find("h2")[0].text for card in cards]


def result_line(browser: Browser) -> str:
    """What the page says of the search, as it is also read out while somebody types."""
    (results,) = browser.page.find("div", id="results")
    told = results.attributes["data-told"]
    shown = [each for each in results.inside if each.text.strip() == told]
    assert shown
    return told


def orders(browser: Browser) -> dict[str, str]:
    """The order that is marked as the present one."""
    (menu,) = browser.page.find("nav", id="sort")
    current = menu.find("a", **{"aria-current": "true"})
    return {each.text: each.attributes["href"] for each in current}


def links(browser: Browser, rel: str) -> list[str]:
    return [each.attributes["href"] for each in browser.page.find("a", rel=rel)]


def households(browser: Browser) -> dict[str, str]:
    (nav,) = browser.page.find("nav", **{"aria-label": "Households"})
    return {each.text: each.attributes["href"] for each in nav.find("a")}


class TestWhose:
    async def test_strangers_see_what_is_public(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="For all", visibility="public")
        await create(as_ada, title="For users", visibility="instance")
        await create(as_ada, title="For us")
        await browser.open("/")
        assert (browser.heading, titles(browser)) == ("Public recipes", ["For all"])

    async def test_members_see_their_household(
        self, adas: Browser, as_ada: httpx2.AsyncClient, as_: As, factories: Factories
    ) -> None:
        await create(as_ada, title="Ours")
        await create(as_ada, title="My secret", visibility="private")
        await create(await as_(await factories.user()), title="Theirs", visibility="public")
        await adas.open("/")
        assert (adas.heading, titles(adas)) == ("Recipes", ["My secret", "Ours"])

    async def test_what_is_in_the_trash_is_not_shown(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await delete(as_ada, (await create(as_ada))["id"])
        await adas.open("/")
        assert titles(adas) == []
        assert "The table is still empty" in adas.page.text

    async def test_who_has_two_households_switches_between_them(
        self, adas: Browser, as_ada: httpx2.AsyncClient, ada: User, factories: Factories
    ) -> None:
        club = await factories.household(ada, name="Supper club")
        await create(as_ada, title="At home")
        await create(as_ada, title="At the club", household_id=str(club.id))
        await adas.open("/")
        assert (adas.heading, titles(adas)) == ("Ada's kitchen", ["At home"])
        choices = households(adas)
        await adas.open(choices["Supper club"])
        assert (adas.heading, titles(adas)) == ("Supper club", ["At the club"])
        await adas.open(choices["All I can see"])
        assert titles(adas) == ["At the club", "At home"]

    async def test_who_has_one_household_finds_what_others_share(
        self, adas: Browser, as_ada: httpx2.AsyncClient, as_: As, factories: Factories
    ) -> None:
        await create(as_ada, title="Ours")
        await create(await as_(await factories.user()), title="Theirs", visibility="instance")
        await adas.open("/")
        await adas.open(households(adas)["All I can see"])
        assert (adas.heading, titles(adas)) == ("All I can see", ["Theirs", "Ours"])

    async def test_a_tag_leads_to_the_recipes_around_the_one_it_stood_on(
        self, adas: Browser, as_ada: httpx2.AsyncClient, ada: User, as_: As, factories: Factories
    ) -> None:
        club = await factories.household(ada, name="Supper club")
        others = await as_(await factories.user())
        tags = [{"name": "Vegan"}]
        for client, title, household in (
            (as_ada, "At the club", {"household_id": str(club.id)}),
            (others, "Theirs", {"visibility": "instance"}),
        ):
            recipe = await create(client, title=title, tags=tags, **household)
            await adas.open(f"/recipes/{recipe['id']}")
            (link,) = adas.page.find("ul", **{"class": "tags"})[0].find("a")
            await adas.open(link.attributes["href"])
            assert titles(adas) == [title]

    async def test_a_household_of_others_is_not_mine_to_choose(
        self, adas: Browser, as_: As, factories: Factories
    ) -> None:
        eve = await factories.user()
        await create(await as_(eve), title="Theirs", visibility="public")
        await adas.open(f"/?household={eve.default_household_id}")
        assert titles(adas) == []


class TestFilters:
    async def test_words_are_looked_for_in_titles_and_ingredients(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        lines = [{"lines": [{"original_text": "3 sour apples"}]}]
        await create(as_ada, title="Cake", ingredient_groups=lines)
        await create(as_ada, title="Apple pie")
        await create(as_ada, title="Soup")
        await adas.open("/")
        await adas.open("/?q=apple")
        assert titles(adas) == ["Apple pie", "Cake"]
        assert adas.field("q") == "apple"

    async def test_tags_that_many_recipes_carry_are_offered(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="A", tags=[{"name": "Vegan"}, {"name": "Bread"}])
        await create(as_ada, title="B", tags=[{"name": "Vegan"}])
        await adas.open("/")
        chips = {
            each.text: each.attributes["href"] for each in adas.page.find("a", **{"class": "chip"})
        }
        assert list(chips) == ["Under 30 min", "Vegan", "Bread"]
        await adas.open(chips["Bread"])
        assert titles(adas) == ["A"]
        chosen = adas.page.find("a", **{"class": "chip", "aria-current": "true"})
        assert [(each.text, each.attributes["href"]) for each in chosen] == [("Bread", "/")]

    async def test_quick_ones_and_the_order(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Slow", times={"total": {"min_s": 7200}})
        await create(as_ada, title="Quick", times={"total": {"min_s": 600}})
        await adas.open("/?max_total_time=1800")
        assert titles(adas) == ["Quick"]
        await adas.open("/?sort=total_time")
        assert titles(adas) == ["Quick", "Slow"]

    async def test_what_cannot_be_read_is_passed_over(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Cake")
        await adas.open("/?sort=by_luck&max_total_time=soon&household=x&q=cake&utm_source=a")
        assert (adas.answer.status_code, titles(adas)) == (200, ["Cake"])


class TestSearch:
    async def test_the_best_matches_come_first(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Plum cake")
        lines = [{"lines": [{"original_text": "3 plums"}]}]
        await create(as_ada, title="Crumble", ingredient_groups=lines)
        await adas.open("/?q=plum")
        assert titles(adas) == ["Plum cake", "Crumble"]
        assert orders(adas) == {"Best match": "/?q=plum"}
        assert result_line(adas) == "2 recipes for “plum”"

    async def test_another_order_is_kept_when_asked_for(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Plum cake")
        await create(as_ada, title="Crumble", summary="With plums.")
        await adas.open("/?q=plum&sort=-created_at")
        assert titles(adas) == ["Crumble", "Plum cake"]
        assert orders(adas) == {"Newest first": "/?q=plum&sort=-created_at"}
        assert adas.field("sort") == "-created_at"
        assert result_line(adas) == "Recipes for “plum”"

    async def test_an_order_that_cannot_be_read_is_none(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Plum cake")
        await adas.open("/?q=plum&sort=by_luck")
        assert orders(adas) == {"Best match": "/?q=plum"}

    async def test_a_slip_is_forgiven_and_said(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Banana bread")
        await adas.open("/?q=bananna bread")
        assert titles(adas) == ["Banana bread"]
        assert result_line(adas) == "Showing results for “banana bread”: 1 recipe"
        assert adas.field("q") == "bananna bread"

    async def test_filters_hold_for_the_best_as_well(
        self, adas: Browser, as_ada: httpx2.AsyncClient, as_: As, factories: Factories
    ) -> None:
        quick = {"times": {"total": {"min_s": 600}}}
        await create(as_ada, title="Plum soup", tags=[{"name": "Vegan"}], **quick)
        await create(as_ada, title="Plum stew", tags=[{"name": "Vegan"}])
        await create(as_ada, title="Plum tart", **quick)
        eve = await as_(await factories.user())
        await create(eve, title="Plum jam", visibility="public", tags=[{"name": "Vegan"}], **quick)
        await adas.open("/?q=plum&tag=Vegan&max_total_time=1800")
        assert titles(adas) == ["Plum soup"]
        await adas.open("/?q=plum&tag=Vegan&max_total_time=1800&household=all")
        assert titles(adas) == ["Plum jam", "Plum soup"]

    async def test_what_is_in_the_archive_is_not_found(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Plum cake", status="archived")
        await adas.open("/?q=plum")
        assert (titles(adas), result_line(adas)) == ([], "Nothing matches “plum”")

    @pytest.mark.parametrize("words", ["-plum", "!?", '"', "- -", "%", "\\"])
    async def test_words_that_ask_for_nothing_find_nothing(
        self, adas: Browser, as_ada: httpx2.AsyncClient, words: str
    ) -> None:
        await create(as_ada, title="Plum cake")
        await adas.open("/", params={"q": words})
        assert (adas.answer.status_code, titles(adas)) == (200, [])
        assert result_line(adas) == f"Nothing matches “{words}”"

    async def test_the_best_are_one_page(
        self, adas: Browser, as_ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert home.MOST_MATCHES == 100
        monkeypatch.setattr(home, "MOST_MATCHES", 2)
        for number in range(3):
            await create(as_ada, title=f"Cake {number}")
        await adas.open("/?q=cake&cursor=of+another+list")
        assert titles(adas) == ["Cake 2", "Cake 1"]
        assert adas.page.find("nav", **{"aria-label": "Pages"}) == []
        assert result_line(adas) == "The 2 recipes that match best for “cake”"

    async def test_takes_four_statements(
        self, adas: Browser, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        await create(as_ada, title="Cake", tags=[{"name": "Vegan"}])
        await adas.open("/?q=first")
        statements.clear()
        await adas.open("/?q=cake")
        assert len(statements) == 4, "the viewer, the households, the search, the tags"


class TestPages:
    async def test_more_leads_through_all_of_them(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        for number in range(26):
            await create(as_ada, title=f"Cake {number:02}")
        await adas.open("/?sort=title")
        first = titles(adas)
        (more,) = links(adas, "next")
        await adas.open(more)
        assert first + titles(adas) == [f"Cake {number:02}" for number in range(26)]
        assert len(first) == 24
        assert links(adas, "next") == []
        assert adas.page.find("a", href="/?sort=title")

    async def test_a_cursor_of_another_list_is_refused(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        for number in range(25):
            await create(as_ada, title=f"Cake {number:02}")
        await adas.open("/?sort=title")
        (more,) = links(adas, "next")
        await adas.open(more.replace("sort=title", "sort=-title"))
        assert adas.answer.status_code == 400

    async def test_the_page_takes_four_statements(
        self, adas: Browser, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        await create(as_ada, tags=[{"name": "Vegan"}])
        statements.clear()
        await adas.open("/")
        assert len(statements) == 4, "the viewer, the households, the recipes, the tags"
