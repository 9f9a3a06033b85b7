import pytest

from potluck.clients.fetcher.charset import decode_page

TEXT = "Käse für süße Brötchen"


class TestDecoding:
    """By byte order mark, else header, else the page's own word, else by looking."""

    @pytest.mark.parametrize(
        ("label", "codec"),
        [
            ("utf-8", "utf-8"),
            ("UTF8", "utf-8"),
            ('"ISO-8859-1"', "cp1252"),
            ("windows-1252", "cp1252"),
            ("iso-8859-15", "iso8859-15"),
            ("utf-16le", "utf-16-le"),
        ],
    )
    def test_charset_of_the_header_is_used(self, label: str, codec: str) -> None:
        assert decode_page(TEXT.encode(codec), f"text/html; charset={label}") == TEXT

    @pytest.mark.parametrize(
        ("label", "codec", "text"),
        [
            ("shift_jis", "cp932", "味噌汁"),
            ("euc-jp", "euc-jp", "味噌汁"),
            ("gb2312", "gb18030", "蛋炒饭"),
            ("big5", "big5", "蛋炒飯"),
            ("euc-kr", "cp949", "김치찌개"),
            ("koi8-r", "koi8-r", "борщ"),
            ("windows-1251", "cp1251", "борщ"),
        ],
    )
    def test_charsets_of_the_world_are_known(self, label: str, codec: str, text: str) -> None:
        assert decode_page(text.encode(codec), f"text/html;charset={label}") == text

    @pytest.mark.parametrize(
        "meta",
        ['<meta charset="iso-8859-1">', "<META http-equiv=x content='text/html; charset=latin1'/>"],
    )
    def test_meta_is_used_when_the_header_is_silent(self, meta: str) -> None:
        assert decode_page((meta + TEXT).encode("cp1252"), "text/html") == meta + TEXT

    def test_header_wins_over_meta(self) -> None:
        page = '<meta charset="iso-8859-1">' + TEXT
        assert decode_page(page.encode(), "text/html; charset=utf-8") == page

    def test_byte_order_mark_wins_over_everything(self) -> None:
        body = b"\xef\xbb\xbf" + TEXT.encode()
        assert decode_page(body, "text/html; charset=iso-8859-1") == TEXT

    def test_meta_cannot_claim_utf_16(self) -> None:
        page = '<meta charset="utf-16">' + TEXT
        assert decode_page(page.encode(), "text/html") == page

    def test_undeclared_utf_8_is_recognised(self) -> None:
        assert decode_page(TEXT.encode(), "text/html") == TEXT

    def test_undeclared_western_text_is_recognised(self) -> None:
        assert decode_page(TEXT.encode("cp1252"), "text/html") == TEXT

    def test_meta_past_the_first_kilobyte_is_not_looked_for(self) -> None:
        page = " " * 1_024 + '<meta charset="koi8-r">' + TEXT
        assert decode_page(page.encode(), "text/html") == page

    @pytest.mark.parametrize(
        "label", ["base64", "idna", "zip", "utf-7", "unicode_escape", "no-such"]
    )
    def test_codec_that_is_no_charset_of_pages_is_ignored(self, label: str) -> None:
        assert decode_page(TEXT.encode(), f"text/html; charset={label}") == TEXT

    def test_bytes_that_do_not_fit_are_marked(self) -> None:
        assert decode_page(b"so\xffup", "text/html; charset=utf-8") == "so\ufffdup"

    def test_every_codec_of_the_table_exists(self) -> None:
        for label in (
            "windows-1258",
            "iso-8859-16",
            "iso-8859-11",
            "ibm866",
            "macintosh",
            "utf-16be",
        ):
            assert isinstance(decode_page(b"soup", f"text/html; charset={label}"), str)
