"""Everything that a page needs comes from our own origin (ASVS 3.6.1)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.factories import PASSWORD

pytestmark = pytest.mark.timeout(300)

PUBLIC = ("/", "/login", "/signup", "/setup", "/problems/not-found", "/nope")
SIGNED_IN = (
    "/", "/recipes/new", "/import", "/ideas", "/trash", "/account/tokens", "/account/sessions",
    "/account/password", "/account/confirm", "/account/email", "/account/data", "/forgot",
    "/verify/again",
)  # fmt: skip


@pytest.fixture
def cut_off(chromium: Browser, origin: str) -> Iterator[tuple[Page, list[str]]]:
    """A window that reaches our origin alone, and what it tried to reach beside."""
    tried: list[str] = []

    def decide(route: Route) -> None:
        if route.request.url.startswith(f"{origin}/"):
            route.continue_()
        else:
            tried.append(route.request.url)
            route.abort()

    context = chromium.new_context(reduced_motion="reduce")
    context.set_default_timeout(30_000)
    context.route("**/*", decide)
    page = context.new_page()
    for event in ("console", "pageerror"):
        page.on(event, lambda said: tried.append(str(said)) if is_fault(said) else None)
    yield page, tried
    context.close()


def is_fault(said: object) -> bool:
    """Errors of scripts and refusals of the policy; not that a page is 404 on purpose."""
    kind = getattr(said, "type", "error")
    return kind == "error" and "status of 404" not in getattr(said, "text", "")


class TestOwnOrigin:
    def test_j07_pages_work_with_every_other_origin_out_of_reach(
        self, cut_off: tuple[Page, list[str]], origin: str
    ) -> None:
        page, tried = cut_off
        for path in PUBLIC:
            page.goto(origin + path, wait_until="networkidle")
            # The style sheet has come, and the fonts that it names.
            assert page.evaluate("document.styleSheets.length") > 0, path
            assert page.evaluate("document.fonts.status") == "loaded", path
        page.goto(f"{origin}/signup")
        page.locator("main [name=display_name]").fill("Cut Off")
        page.locator("main [name=email]").fill("cut-off@example.org")
        page.locator("main [name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Make account", exact=True).click()
        for path in SIGNED_IN:
            page.goto(origin + path, wait_until="networkidle")
            expect(page.locator("h1")).to_have_count(1)
        assert tried == []

    def test_j07_the_page_of_the_api_works_with_every_other_origin_out_of_reach(
        self, cut_off: tuple[Page, list[str]], origin: str
    ) -> None:
        page, tried = cut_off
        page.goto(f"{origin}/api/v1/docs", wait_until="networkidle")
        operation = page.locator(".opblock", has_text="/health/live").first
        operation.click()
        operation.get_by_role("button", name="Try it out").click()
        operation.get_by_role("button", name="Execute").click()
        answered = operation.locator(".live-responses-table")
        expect(answered.get_by_role("cell", name="200").first).to_be_visible()
        assert tried == []
