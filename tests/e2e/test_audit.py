"""A person and an administrator look at what was done, in Chromium."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.test_core_path import sign_up
from tests.e2e.visit import visit

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_a_person_sees_what_was_done(chromium: Browser, origin: str, has_script: bool) -> None:
    with visit(chromium, origin, has_script=has_script) as ada:
        sign_up(ada, f"audited-{has_script}@example.org".lower())
        ada.page.get_by_role("button", name="Account of Ada").click()
        ada.press("Security")
        assert (ada.path, ada.heading) == ("/account/security", "Recent security events")
        assert ada.page.get_by_text("Account made by signing up").count() == 1
        if has_script:
            ada.look_closely()
