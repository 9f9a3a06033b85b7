"""The way of a new cook through Potluck, in Chromium, with script and without."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import PAGES
from tests.e2e.visit import Visit, visit
from tests.factories import PASSWORD
from tests.web.payloads import PAYLOADS

pytestmark = pytest.mark.timeout(300)

PAGE = (PAGES / "json-ld.html").read_text("utf-8")


def sign_up(visitor: Visit, email: str) -> None:
    visitor.open("/signup")
    visitor.fill(display_name="Ada", email=email, password=PASSWORD)
    visitor.press("Make account")


def sign_out(visitor: Visit) -> None:
    visitor.page.get_by_role("button", name="Account of Ada").click()
    visitor.press("Sign out")


def sign_in(visitor: Visit, email: str, password: str = PASSWORD) -> None:
    visitor.fill(email=email, password=password)
    visitor.press("Sign in", inside="main")


def paste(visitor: Visit, page: str) -> None:
    visitor.open("/import")
    visitor.fill(html=page)
    visitor.press("Look at the page", inside="section[aria-labelledby=by-html]")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
class TestCorePath:
    def test_from_signing_up_to_undoing(
        self, chromium: Browser, origin: str, site: str, has_script: bool
    ) -> None:
        email = f"ada-{has_script}@example.org".lower()
        with visit(chromium, origin, has_script=has_script) as ada:
            ada.open("/")
            assert ada.heading == "Public recipes"
            sign_up(ada, email)
            assert (ada.path, ada.heading) == ("/", "Recipes")
            sign_out(ada)
            assert ada.message == "You are signed out."
            ada.open("/trash")
            assert ada.path == "/login?next=%2Ftrash"
            sign_in(ada, email, "not the password I chose")
            assert "is not right" in ada.page.get_by_role("alert").inner_text()
            sign_in(ada, email)
            assert ada.path == "/trash"
            self.add(ada, site)
            self.find_and_change(ada)
            self.delete_and_undo(ada)

    def add(self, ada: Visit, site: str) -> None:
        paste(ada, PAGE)
        assert ada.heading == "Plum crumble"
        ada.press("Save")
        assert (ada.heading, ada.message) == ("Plum crumble", "Saved.")
        expect(ada.page.get_by_text("800 g plums, halved")).to_be_visible()
        ada.open("/import")
        ada.fill(url=f"{site}/microdata.html")
        ada.press("Look at the page", inside="section[aria-labelledby=by-url]")
        ada.press("Change it first")
        ada.fill(tags="Soup, Winter")
        ada.press("Save")
        assert ada.message == "Saved."

    def find_and_change(self, ada: Visit) -> None:
        ada.open("/")
        ada.fill(q="plums")
        ada.page.locator("main [name=q]").press("Enter")
        ada.page.wait_for_url("**/?q=plums*")
        ada.look()
        expect(ada.page.locator(".card h2")).to_have_text(["Plum crumble"])
        ada.press("Plum crumble")
        ada.press("Edit")
        ada.fill(title="", prep="soon")
        ada.page.locator("main form").evaluate("form => form.noValidate = true")
        ada.press("Save")
        assert "2 things need your attention" in ada.page.get_by_role("alert").inner_text()
        ada.fill(title="Damson crumble", prep="20 min")
        ada.press("Save")
        assert (ada.heading, ada.message) == ("Damson crumble", "Saved.")

    def delete_and_undo(self, ada: Visit) -> None:
        ada.press("Delete")
        assert ada.message == "“Damson crumble” is in the trash."
        ada.press("Undo")
        assert (ada.heading, ada.message) == ("Damson crumble", "It is back.")
        ada.press("Delete")
        ada.open("/trash")
        ada.press("Restore")
        assert ada.heading == "Damson crumble"


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
class TestIdeas:
    def test_one_becomes_a_recipe(self, chromium: Browser, origin: str, has_script: bool) -> None:
        with visit(chromium, origin, has_script=has_script) as ada:
            sign_up(ada, f"ada-ideas-{has_script}@example.org".lower())
            ada.press("Ideas", inside="header")
            assert (ada.path, ada.heading) == ("/ideas", "Ideas")
            expect(ada.page.locator("main h2")).to_have_text(
                [
                    "Some sources gave nothing",
                    "Leek & potato soup",
                    "My grandmother's plum dumplings",
                ]
            )
            ada.press("Import", inside="main")
            ada.press("Look at the page", inside="section[aria-labelledby=by-url]")
            ada.press("Save")
            assert ada.message == "Saved."


class TestPages:
    def test_every_other_page_is_sound(self, chromium: Browser, origin: str) -> None:
        with visit(chromium, origin) as ada:
            for path in ("/setup", "/login", "/nope", "/problems/stale", "/?q=nothing+like+it"):
                ada.open(path)
            sign_up(ada, "ada-pages@example.org")
            for path in ("/recipes/new", "/trash", "/import", "/?q=lobster", "/nope"):
                ada.open(path)

    def test_the_chosen_colours_come_from_the_server(self, chromium: Browser, origin: str) -> None:
        with visit(chromium, origin) as ada:
            ada.open("/")
            ada.press("Switch between light and dark")
            ada.open("/login")
            html = ada.page.content()
            assert 'data-theme="dark"' in html.partition("<head>")[0]

    def test_a_slash_leads_to_the_search_box(self, chromium: Browser, origin: str) -> None:
        with visit(chromium, origin) as ada:
            ada.open("/")
            ada.page.keyboard.press("/")
            expect(ada.page.locator("main [name=q]")).to_be_focused()

    def test_j01_hostile_text_does_nothing(self, chromium: Browser, origin: str) -> None:
        with visit(chromium, origin) as ada:
            sign_up(ada, "ada-hostile@example.org")
            ada.open("/recipes/new")
            text = "\n".join(each.replace("#", "") for each in PAYLOADS)
            ada.fill(title=PAYLOADS[2], summary=PAYLOADS[13], ingredients=text, steps=text)
            ada.fill(notes=text, tags=PAYLOADS[0], source_author=PAYLOADS[2])
            ada.press("Save")
            assert ada.heading == PAYLOADS[2]
            ada.press("Edit")
            ada.open("/")


class TestApiDocs:
    def test_the_authorize_form_signs_in_and_a_call_works(
        self, chromium: Browser, origin: str
    ) -> None:
        with visit(chromium, origin) as ada:
            sign_up(ada, "ada-docs@example.org")
            ada.open("/api/v1/docs")
            docs = ada.page.locator("[data-openapi]")
            docs.locator("button.authorize").first.click()
            form = docs.locator(".auth-container").first
            form.locator("[name=username], #oauth_username").first.fill("ada-docs@example.org")
            form.locator("[name=password], #oauth_password").first.fill(PASSWORD)
            form.get_by_role("button", name="Apply given OAuth2 credentials").click()
            expect(form.get_by_text("Authorized", exact=False).first).to_be_visible()
            docs.get_by_role("button", name="Close").first.click()
            me = docs.locator("#operations-auth-get_me")
            me.locator(".opblock-summary-control").click()
            me.get_by_role("button", name="Try it out").click()
            me.get_by_role("button", name="Execute").click()
            answer = me.locator(".live-responses-table tbody .response-col_description")
            expect(answer.first).to_contain_text("ada-docs@example.org")
