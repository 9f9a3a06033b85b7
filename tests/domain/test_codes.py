import pytest

from potluck.domain import codes


class TestLanguageTag:
    @pytest.mark.parametrize(
        "tag",
        [
            "en", "de", "gsw", "pt-BR", "EN-us", "zh-Hant-TW", "zh-cmn-Hans-CN", "sl-rozaj-biske",
            "de-CH-1901", "es-419", "de-DE-u-co-phonebk", "en-x-kitchen", "x-whatever", "i-klingon",
            "en-GB-oed", "art-lojban", "sr-Latn-RS", "und",
        ],
    )  # fmt: skip
    def test_well_formed(self, tag: str) -> None:
        assert codes.is_language_tag(tag)

    @pytest.mark.parametrize(
        "tag",
        [
            "", "e", "english language", "en_US", "en-", "-en", "en--US", "de-419-DE", "a-DE",
            "ar-a-", "x", "en-x", "123", "\u0435n", "en\n", "en-" + "abcdefgh-" * 3 + "abcdefghi",
            "en-" + "-".join(["abcde"] * 6),
        ],
    )  # fmt: skip
    def test_malformed_or_too_long(self, tag: str) -> None:
        assert not codes.is_language_tag(tag)


class TestCurrency:
    @pytest.mark.parametrize("code", ["EUR", "USD", "CHF", "JPY", "XCG", "ZWG"])
    def test_known(self, code: str) -> None:
        assert codes.is_currency(code)

    @pytest.mark.parametrize("code", ["eur", "DEM", "EURO", "", "€", "ABC"])
    def test_unknown(self, code: str) -> None:
        assert not codes.is_currency(code)


class TestTimeZone:
    @pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia"])
    def test_known(self, name: str) -> None:
        assert codes.is_time_zone(name)

    @pytest.mark.parametrize(
        "name", ["", "europe/berlin", "+02:00", "localtime", "../etc/passwd", "Europe/Atlantis"]
    )
    def test_unknown(self, name: str) -> None:
        assert not codes.is_time_zone(name)
