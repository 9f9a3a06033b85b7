"""Where people are sent after signing in."""

import pytest

from potluck.web.next_path import own_path


class TestOwnPath:
    @pytest.mark.parametrize(
        "wanted",
        [
            "//example.org",
            "///example.org",
            "/\\example.org",
            "\\\\example.org",
            "\\/example.org",
            "/\t/example.org",
            "/\n/example.org",
            "/\r/example.org",
            "\t//example.org",
            " //example.org",
            "https://example.org",
            "HTTPS://example.org",
            "https:example.org",
            "https:/example.org",
            "https:\\\\example.org",
            "javascript:alert(1)",
            "data:text/html,x",
            "example.org",
            "@example.org",
            ".example.org",
            "/%2f/example.org",
            "/%2fexample.org",
            "%2f%2fexample.org",
            "/%5cexample.org",
            "/%252fexample.org",
            "/%09/example.org",
            "/%0d%0aSet-Cookie:x=1",
            "/a\r\nLocation: https://example.org",
            "/\u2044\u2044example.org",
            "/ex\u3002org\u2025",
            "/#//example.org",
            "/./\x00/example.org",
            "/a//example.org",
            "?next=//example.org",
            "",
            "/" + "a" * 2048,
        ],
    )
    def test_e08_nothing_but_our_own_pages(self, wanted: str) -> None:
        assert own_path(wanted) == ""

    @pytest.mark.parametrize(
        "wanted",
        [
            "/",
            "/import",
            "/recipes/0190a0a0-0000-7000-8000-000000000001/apple-cake",
            "/?q=apple%20cake&tag=a&tag=b",
            "/import?url=https://example.org/cake",
            "/recipes/%C3%A9clair",
        ],
    )
    def test_our_own_pages_are_kept_as_they_are(self, wanted: str) -> None:
        assert own_path(wanted) == wanted
