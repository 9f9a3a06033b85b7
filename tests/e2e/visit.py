"""A person at a browser: looks at pages, and notes everything that a page must not do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize

#: Chromium says of a form that was refused what the page says better.
REFUSED_FORM = re.compile(r"status of (401|403|404|409|410|412|422)\b")
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
TABLET = ViewportSize(width=768, height=1024)
#: Inside the API browser the elements are Swagger UI's.
NOT_OURS = {"exclude": [["[data-openapi] > *"]]}


class Visit:
    """One browser window; `faults` lists console errors, blocked content and foreign requests."""

    def __init__(self, page: Page, origin: str, *, has_script: bool) -> None:
        self.page = page
        self.origin = origin
        self.has_script = has_script
        self.faults: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", self._asked)
        page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))

    def open(self, path: str) -> None:
        self.page.goto(self.origin + path)
        self.look()

    def press(self, name: str, *, inside: str = "body") -> None:
        """Press the button, or follow the link, that is called so."""
        where = self.page.locator(inside)
        button = where.get_by_role("button", name=name, exact=True)
        target = button if button.count() else where.get_by_role("link", name=name, exact=True)
        target.first.click()
        self.page.wait_for_load_state()
        self.look()

    def fill(self, **fields: str) -> None:
        """Type into fields of the main part, by name."""
        for name, text in fields.items():
            self.page.locator(f"main [name={name}]").first.fill(text)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.origin)

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def message(self) -> str:
        return self.page.locator(".flash p").inner_text()

    def look(self) -> None:
        """Check the page on a phone and at a desk: nothing for axe to say, nothing cut off."""
        if self.has_script:
            self._look_at((PHONE, DESK))

    def _look_at(self, sizes: tuple[ViewportSize, ...]) -> None:
        for size in sizes:
            self.page.set_viewport_size(size)
            found: dict[str, Any] = Axe().run(self.page, context=NOT_OURS).response
            self.faults += [
                f"{self.path} at {size['width']}: {each['id']} {each['nodes'][0]['html']}"
                for each in found["violations"]
            ]
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            if self.page.evaluate(wide) > 0:
                self.faults.append(f"{self.path} at {size['width']}: scrolls sideways")

    def look_closely(self) -> None:
        """The same at three widths and in both schemes."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self._look_at((PHONE, TABLET, DESK))
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not REFUSED_FORM.search(message.text):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.faults.append(f"foreign: {request.url}")


@contextmanager
def visit(browser: Browser, origin: str, *, has_script: bool = True) -> Iterator[Visit]:
    """A new window without any history; fails when a page did what it must not."""
    context = browser.new_context(
        viewport=DESK, java_script_enabled=has_script, reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    try:
        visitor = Visit(context.new_page(), origin, has_script=has_script)
        yield visitor
        if visitor.faults:
            pytest.fail("\n".join(visitor.faults))
    finally:
        context.close()
