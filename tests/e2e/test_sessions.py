"""A person ends the sign-in of another browser of theirs, in Chromium, with script and without."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.test_core_path import sign_in, sign_up
from tests.e2e.visit import visit

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_c09_the_other_browser_has_to_sign_in_again(
    chromium: Browser, origin: str, has_script: bool
) -> None:
    address = f"sessions-{has_script}@example.org".lower()
    with (
        visit(chromium, origin, has_script=has_script) as here,
        visit(chromium, origin, has_script=has_script) as there,
    ):
        sign_up(here, address)
        there.open("/login?next=/trash")
        sign_in(there, address)
        assert there.path == "/trash"

        here.page.get_by_role("button", name="Account of Ada").click()
        here.press("Sessions")
        assert (here.path, here.heading) == ("/account/sessions", "Sessions")
        assert here.page.get_by_text("This is where you are now.").count() == 1
        here.press("End")
        assert here.message == "The session is ended."
        there.open("/trash")
        assert there.path.startswith("/login")

        sign_in(there, address)
        here.open("/account/sessions")
        here.press("End all others")
        assert here.message == "All other sessions are ended."
        there.open("/trash")
        assert there.path.startswith("/login")
