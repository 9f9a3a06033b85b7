"""The search box of the home page, in Chromium: it answers while somebody types."""

from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Request, Route, expect

from tests.e2e.visit import Visit, visit
from tests.factories import PASSWORD

pytestmark = pytest.mark.timeout(300)

TITLES = ("Apple pie", "Apple strudel", "Lentil soup", "Pea soup", "Plum crumble")


@pytest.fixture(scope="module", autouse=True)
def recipes(origin: str) -> None:
    """Recipes that everybody may see, the soups with a tag."""
    ada = {"email": "ada@example.org", "password": PASSWORD}
    with httpx2.Client(base_url=f"{origin}/api/v1", timeout=30) as client:
        client.post("/auth/signup", json=ada | {"display_name": "Ada"}).raise_for_status()
        form = {"username": ada["email"], "password": PASSWORD}
        token = client.post("/auth/login", data=form).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        for title in TITLES:
            tags = [{"name": "Soup pot"}] if "soup" in title else []
            body = {"title": title, "visibility": "public", "tags": tags}
            client.post("/recipes", json=body).raise_for_status()


@pytest.fixture
def cook(chromium: Browser, origin: str) -> Iterator[Visit]:
    """A stranger on the home page; whether it was loaded anew can be seen at `window.kept`."""
    with visit(chromium, origin) as cook:
        cook.open("/")
        cook.page.evaluate("window.kept = true")
        yield cook


@pytest.fixture
def asked(cook: Visit) -> list[str]:
    """The addresses that were asked for while nobody left the page."""
    found: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "fetch":
            found.append(request.url.removeprefix(cook.origin))

    cook.page.on("request", note)
    return found


def box(cook: Visit) -> Locator:
    return cook.page.locator("main [name=q]")


def cards(cook: Visit) -> Locator:
    return cook.page.locator(".card h2")


def status(cook: Visit) -> Locator:
    return cook.page.locator("main [role=status]")


def type_words(cook: Visit, words: str) -> None:
    box(cook).press_sequentially(words)


class TestTyping:
    def test_shows_what_is_found_and_keeps_the_focus_and_the_page(self, cook: Visit) -> None:
        type_words(cook, "plum")
        expect(cards(cook)).to_have_text(["Plum crumble"])
        expect(box(cook)).to_be_focused()
        assert box(cook).input_value() == "plum"
        assert cook.path == "/?q=plum"
        assert cook.page.evaluate("window.kept")
        cook.look()

    def test_says_how_many_there_are(self, cook: Visit) -> None:
        expect(status(cook)).to_have_text("")
        type_words(cook, "apple")
        expect(status(cook)).to_have_text("2 recipes for “apple”")

    def test_asks_once_for_words_typed_in_one_go(self, cook: Visit, asked: list[str]) -> None:
        type_words(cook, "strudel")
        expect(cards(cook)).to_have_text(["Apple strudel"])
        assert asked == ["/?q=strudel"]

    def test_asks_nothing_while_the_words_stay_the_same(
        self, cook: Visit, asked: list[str]
    ) -> None:
        type_words(cook, "pea")
        expect(cards(cook)).to_have_text(["Pea soup"])
        type_words(cook, " x")
        box(cook).press("Backspace")
        box(cook).press("ArrowLeft")
        box(cook).fill("plum")
        expect(cards(cook)).to_have_text(["Plum crumble"])
        assert asked == ["/?q=pea", "/?q=plum"]

    def test_in_the_middle_leaves_the_cursor_there(self, cook: Visit) -> None:
        type_words(cook, "aple")
        box(cook).evaluate("box => box.setSelectionRange(2, 2)")
        type_words(cook, "p")
        cook.page.wait_for_url("**/?q=apple")
        assert box(cook).evaluate("box => [box.value, box.selectionStart]") == ["apple", 3]

    def test_a_slip_is_forgiven_and_said(self, cook: Visit) -> None:
        type_words(cook, "strudle")
        expect(cards(cook)).to_have_text(["Apple strudel"])
        expect(status(cook)).to_have_text("Showing results for “strudel”: 1 recipe")
        assert box(cook).input_value() == "strudle"

    def test_what_nothing_matches_says_so(self, cook: Visit) -> None:
        type_words(cook, "zzzzzz")
        expect(status(cook)).to_have_text("Nothing matches “zzzzzz”")
        expect(cook.page.locator("main h2")).to_have_text("Nothing matches “zzzzzz”")
        cook.look()

    def test_clearing_the_box_shows_all_again(self, cook: Visit) -> None:
        type_words(cook, "plum")
        expect(cards(cook)).to_have_count(1)
        box(cook).fill("")
        expect(cards(cook)).to_have_count(len(TITLES))
        assert cook.path == "/"

    def test_keeps_the_filters(self, cook: Visit) -> None:
        cook.open("/?max_total_time=1800&sort=title")
        type_words(cook, "soup")
        cook.page.wait_for_url("**q=soup**")
        assert cook.path == "/?q=soup&max_total_time=1800&sort=title"

    def test_takes_half_a_word_of_an_input_method_for_nothing(
        self, cook: Visit, asked: list[str]
    ) -> None:
        box(cook).focus()
        keyboard = cook.page.context.new_cdp_session(cook.page)
        for half in ("pl", "plu"):
            keyboard.send(
                "Input.imeSetComposition",
                {"text": half, "selectionStart": len(half), "selectionEnd": len(half)},
            )
            cook.page.wait_for_function("document.querySelector('main [name=q]').value")
        keyboard.send("Input.insertText", {"text": "plum"})
        expect(cards(cook)).to_have_text(["Plum crumble"])
        assert asked == ["/?q=plum"]


class TestHistory:
    def test_back_from_a_recipe_leads_to_what_was_found(self, cook: Visit) -> None:
        type_words(cook, "apple")
        expect(cards(cook)).to_have_count(2)
        cook.press("Apple pie")
        assert cook.heading == "Apple pie"
        cook.page.go_back()
        expect(cards(cook)).to_have_count(2)
        assert (cook.path, box(cook).input_value()) == ("/?q=apple", "apple")

    def test_back_to_a_page_that_the_browser_kept_shows_the_words_of_what_is_found(
        self, cook: Visit, asked: list[str]
    ) -> None:
        cook.page.clock.install()
        type_words(cook, "pea")
        cook.page.clock.fast_forward(1000)
        expect(cards(cook)).to_have_text(["Pea soup"])
        box(cook).fill("plum")
        # As Chromium tells it; driven by a program it keeps no pages.
        cook.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        assert box(cook).input_value() == "pea"
        cook.page.clock.fast_forward(1000)
        box(cook).fill("apple")
        cook.page.clock.fast_forward(1000)
        expect(cards(cook)).to_have_count(2)
        assert asked == ["/?q=pea", "/?q=apple"]

    def test_enter_asks_for_the_page_alone(self, cook: Visit, asked: list[str]) -> None:
        cook.page.clock.install()
        cook.page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
        type_words(cook, "plum")
        box(cook).press("Enter")
        cook.page.clock.fast_forward(1000)
        type_words(cook, "s")
        cook.page.clock.fast_forward(1000)
        cook.page.wait_for_url("**/?q=plums")
        assert asked == ["/?q=plums"]

    def test_enter_leads_to_the_same_page(self, cook: Visit) -> None:
        type_words(cook, "apple")
        box(cook).press("Enter")
        cook.page.wait_for_load_state()
        expect(cards(cook)).to_have_count(2)
        assert cook.path == "/?q=apple"


class TestTrouble:
    def test_an_answer_that_was_overtaken_is_not_shown(self, cook: Visit) -> None:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        cook.page.route("**/?q=apple", hold)
        with cook.page.expect_request("**/?q=apple"):
            type_words(cook, "apple")
        box(cook).fill("plum")
        expect(cards(cook)).to_have_text(["Plum crumble"])
        (late,) = held
        late.fulfill(body='<div id="results"><p class="card"><h2>Late</h2></p></div>')
        box(cook).fill("pea")
        expect(cards(cook)).to_have_text(["Pea soup"])
        assert cook.path == "/?q=pea"

    @pytest.mark.parametrize("trouble", ["offline", "503", "no page"])
    def test_what_was_there_stays(self, cook: Visit, trouble: str) -> None:
        def fail(route: Route) -> None:
            if trouble == "offline":
                route.abort()
            else:
                route.fulfill(status=503 if trouble == "503" else 200, body="<p>Sorry")

        cook.page.route("**/?q=apple", fail)
        with cook.page.expect_event("requestfailed" if trouble == "offline" else "requestfinished"):
            type_words(cook, "apple")
        expect(cards(cook)).to_have_count(len(TITLES))
        assert cook.path == "/"
        cook.page.unroute("**/?q=apple")
        box(cook).press("Enter")
        expect(cards(cook)).to_have_count(2)
        # What the browser itself says of it.
        cook.faults = [each for each in cook.faults if "Failed to load resource" not in each]


class TestWithoutScript:
    def test_the_form_works(self, chromium: Browser, origin: str) -> None:
        with visit(chromium, origin, has_script=False) as cook:
            cook.open("/?sort=title")
            cook.fill(q="soup")
            box(cook).press("Enter")
            expect(cards(cook)).to_have_text(["Lentil soup", "Pea soup"])
            assert cook.path == "/?q=soup&sort=title"
            assert "Recipes for “soup”" in cook.page.locator("main").inner_text()
