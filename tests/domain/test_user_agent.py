"""What people call the program behind a User-Agent."""

import pytest

from potluck.domain.user_agent import device

GECKO = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
PHONE = f"Mozilla/5.0 (Linux; Android 10; K) {CHROMIUM} Mobile Safari/537.36"
EDGE = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROMIUM} Safari/537.36 Edg/140.0.0.0"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {WEBKIT} Safari/604.1"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Safari/605.1.15"


class TestDevice:
    @pytest.mark.parametrize(
        ("user_agent", "named"),
        [
            (GECKO, "Firefox on Linux"),
            (PHONE, "Chrome on Android"),
            (EDGE, "Edge on Windows"),
            (IPHONE, "Safari on iPhone"),
            (MAC, "Safari on macOS"),
            ("Firefox/1", "Firefox"),
            ("curl/8.5.0", "curl"),
            ("Kitchen display (wall)", "Kitchen"),
        ],
        ids=["firefox", "android", "edge", "iphone", "mac", "no system", "curl", "words"],
    )
    def test_is_the_browser_and_its_system_or_the_program(
        self, user_agent: str, named: str
    ) -> None:
        assert device(user_agent) == named

    @pytest.mark.parametrize("user_agent", [None, "", "  ", "/1"], ids=["none", "", "blank", "/"])
    def test_is_unknown_when_it_says_nothing(self, user_agent: str | None) -> None:
        assert device(user_agent) is None
