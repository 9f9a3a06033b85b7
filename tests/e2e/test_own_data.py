"""A person takes their data along, and deletes the account and keeps it, in Chromium."""

import time
import zipfile

import pytest
from playwright.sync_api import Browser

from tests.e2e.test_core_path import sign_in, sign_up
from tests.e2e.visit import visit

pytestmark = pytest.mark.timeout(300)
MADE_WITHIN_S = 60


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


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_the_data_is_put_together_and_downloaded(
    chromium: Browser, origin: str, has_script: bool
) -> None:
    with visit(chromium, origin, has_script=has_script) as ada:
        sign_up(ada, f"taking-{has_script}@example.org".lower())
        ada.open("/account/data")
        ada.press("Put my data together")
        assert ada.message.startswith("Your data is being put together.")
        download = ada.page.get_by_role("link", name="Download")
        deadline = time.monotonic() + MADE_WITHIN_S
        while not download.count() and time.monotonic() < deadline:
            ada.open("/account/data")
        with ada.page.expect_download() as started:
            download.click()
        with zipfile.ZipFile(started.value.path()) as archive:
            assert archive.testzip() is None
            assert "account.json" in archive.namelist()
        if has_script:
            ada.look_closely()
