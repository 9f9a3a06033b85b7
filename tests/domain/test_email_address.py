import pytest

from potluck.domain.email_address import KEY_MAX_LENGTH, MAX_LENGTH, email_key, is_email_address


class TestIsEmailAddress:
    @pytest.mark.parametrize(
        "text",
        [
            "ada@example.org",
            "a@b",
            "o'neil+kitchen@example.co.uk",
            "用户@例え.example",
            "a" * 64 + "@example.org",
            "ß" * 64 + "@example.org",
        ],
    )
    def test_holds_for_what_could_work(self, text: str) -> None:
        assert is_email_address(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@@example.org",
            "ada@exa mple.org",
            "ada\n@example.org",
            "ada@example.org\x00",
            "Ada <ada@example.org>",
            ".ada@example.org",
            "a..da@example.org",
            "ada@-example.org",
            "ada@example..org",
            "a" * 65 + "@example.org",
            "a" * 64 + "@" + ".".join(["b" * 63] * 3),
        ],
    )
    def test_fails_for_what_cannot(self, text: str) -> None:
        assert not is_email_address(text)

    def test_fails_where_the_key_would_outgrow_its_column(self) -> None:
        text = "ﬃ" * 60 + "@" + ".".join(["ﬃ" * 60] * 3)
        assert len(text) <= MAX_LENGTH
        assert len(email_key(text)) > KEY_MAX_LENGTH
        assert not is_email_address(text)


class TestEmailKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Ada@Example.ORG", "ada@example.org"),
            ("J\u00f6rg@example.org", "JO\u0308RG@example.org"),
            ("STRASSE@example.org", "straße@example.org"),
        ],
    )
    def test_is_one_for_spellings_of_an_address(self, one: str, other: str) -> None:
        assert email_key(one) == email_key(other)

    def test_keeps_accents_apart(self) -> None:
        assert email_key("jorg@example.org") != email_key("jörg@example.org")
