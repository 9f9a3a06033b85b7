"""A person makes a token for a script and takes it back, in Chromium, with script and without."""

import json
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Browser

from tests.e2e.test_core_path import sign_up
from tests.e2e.visit import PHONE, visit

pytestmark = pytest.mark.timeout(300)


def status_of(origin: str, token: str) -> int:
    """What a script with this token is answered."""
    request = urllib.request.Request(  # noqa: S310 - an address of ours
        f"{origin}/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return 200 if json.load(answer)["display_name"] == "Ada" else 0
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_made_shown_once_used_and_revoked(chromium: Browser, origin: str, has_script: bool) -> None:
    with visit(chromium, origin, has_script=has_script) as ada:
        sign_up(ada, f"tokens-{has_script}@example.org".lower())
        ada.page.get_by_role("button", name="Account of Ada").click()
        ada.press("Tokens")
        assert (ada.path, ada.heading) == ("/account/tokens", "Tokens")

        ada.fill(name="Kitchen display")
        ada.page.get_by_label("Read recipes and tags").uncheck()
        ada.press("Make the token")
        assert "Choose at least one." in ada.page.get_by_role("alert").inner_text()

        ada.page.get_by_label("Read recipes and tags").check()
        ada.page.get_by_label("See your name").check()
        ada.press("Make the token")
        token = ada.page.locator(".token code").inner_text()
        assert status_of(origin, token) == 200

        ada.open("/account/tokens")
        assert token not in ada.page.content()
        ada.press("Revoke")
        assert ada.message == "Kitchen display: the token is revoked."
        assert status_of(origin, token) == 401


def test_the_tab_bar_of_a_phone_hides_nothing_that_has_the_focus(
    chromium: Browser, origin: str
) -> None:
    with visit(chromium, origin) as ada:
        sign_up(ada, "tokens-by-keyboard@example.org")
        ada.open("/account/tokens")
        ada.page.set_viewport_size(PHONE)
        ada.page.locator("[name=name]").focus()
        edges = []
        for _ in range(14):
            ada.page.keyboard.press("Tab")
            edges.append(
                ada.page.evaluate(
                    "document.activeElement.closest('main')"
                    " && document.activeElement.getBoundingClientRect().bottom"
                )
            )
        bar = ada.page.locator(".tabs").bounding_box()
        assert bar is not None
        inside = [each for each in edges if each is not None]
        assert len(inside) >= 13
        assert max(inside) <= bar["y"]
