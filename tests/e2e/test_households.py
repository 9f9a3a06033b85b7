"""Somebody invites a guest by link; both at a browser, with script and without."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.test_core_path import sign_up
from tests.e2e.visit import visit


@pytest.mark.parametrize("has_script", [True, False])
def test_somebody_invites_a_guest_who_makes_an_account_on_the_way(
    chromium: Browser, origin: str, has_script: bool
) -> None:
    name = "with" if has_script else "without"
    with (
        visit(chromium, origin, has_script=has_script) as ada,
        visit(chromium, origin, has_script=has_script) as bob,
    ):
        sign_up(ada, f"households-{name}-script@example.org")
        ada.open("/households")
        ada.fill(name="Cabin")
        ada.press("Make household")
        assert ada.heading == "Cabin"
        ada.page.locator("main [name=role]").last.select_option("contributor")
        ada.press("Make a link")
        link = ada.page.locator(".token code").inner_text()
        assert ada.page.locator(".qr svg").is_visible()
        if has_script:
            ada.look_closely()

        bob.open(link.removeprefix(origin))
        assert bob.heading == "Join Cabin"
        bob.press("Make an account", inside="main")
        bob.fill(
            display_name="Bob",
            email=f"guest-{name}-script@example.org",
            password="correct horse battery staple",
        )
        bob.press("Make account")
        if has_script:
            bob.look_closely()
        bob.press("Join as Bob")
        assert (bob.heading, bob.message) == ("Cabin", "Welcome to Cabin.")

        bob.page.locator("button[popovertarget=account]").click()
        bob.look()
        bob.press("Cabin", inside="#account")
        assert bob.message == "New recipes now go to Cabin."
        bob.open("/households")
        if has_script:
            bob.look_closely()

        ada.open(ada.page.url.removeprefix(origin).removesuffix("/invitations"))
        ada.page.get_by_label("Role of Bob").select_option("viewer")
        ada.page.locator("li", has_text="Bob").get_by_role("button", name="Change").click()
        ada.page.wait_for_load_state()
        ada.look()
        assert ada.message == "Bob is now Viewer."
        if has_script:
            ada.look_closely()
