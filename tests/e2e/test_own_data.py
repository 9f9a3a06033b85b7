"""A person deletes the account and keeps it after all, in Chromium, with script and without."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.test_core_path import sign_in, sign_up
from tests.e2e.visit import visit

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_the_account_that_was_deleted_is_kept(
    chromium: Browser, origin: str, has_script: bool
) -> None:
    address = f"leaving-{has_script}@example.org".lower()
    with visit(chromium, origin, has_script=has_script) as ada:
        sign_up(ada, address)
        ada.page.get_by_role("button", name="Account of Ada").click()
        ada.press("Your data")
        assert (ada.path, ada.heading) == ("/account/data", "Your data")
        ada.press("Delete my account")
        assert ada.page.get_by_text("Tick the box").count() == 2

        ada.page.get_by_role("checkbox", name="Delete my account").check()
        ada.press("Delete my account")
        assert ada.message.startswith("You are signed out")

        ada.open("/login?next=/trash")
        sign_in(ada, address)
        assert (ada.path, ada.heading) == ("/account/restore", "Keep your account?")
        ada.press("Keep my account")
        assert ada.message == "Your account stays."
        ada.open("/trash")
        assert ada.path == "/trash"
