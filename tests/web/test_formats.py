"""How amounts, times and dates read."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest

from potluck.web import formats
from tests.web.answers import exact, flour, line, recipe


class TestDuration:
    @pytest.mark.parametrize(
        ("seconds", "text"),
        [
            (0, "0 min"),
            (45, "45 s"),
            (60, "1 min"),
            (90, "1 min 30 s"),
            (3600, "1 h"),
            (3900, "1 h 5 min"),
            (86_400, "24 h"),
            (172_800, "48 h"),
            (180_000, "2 d 2 h"),
            (2_592_000, "30 d"),
        ],
    )
    def test_is_said_in_the_units_people_use(self, seconds: int, text: str) -> None:
        assert formats.duration(seconds) == text


class TestTimeRange:
    @pytest.mark.parametrize(
        ("low", "high", "text"),
        [
            (600, 600, "10 min"),
            (600, 900, "10\N{EN DASH}15 min"),
            (3600, 7200, "1\N{EN DASH}2 h"),
            (2700, 3900, "45 min \N{EN DASH} 1 h 5 min"),
            (3900, 7500, "1 h 5 min \N{EN DASH} 2 h 5 min"),
            (3600, 7500, "1 h \N{EN DASH} 2 h 5 min"),
            (600, None, "10 min"),
            (None, 600, "10 min"),
            (0, 0, "0 min"),
        ],
    )
    def test_says_both_ends_once(self, low: int | None, high: int | None, text: str) -> None:
        assert formats.time_range({"min_s": low, "max_s": high, "original_text": "x"}) == text

    def test_unread_is_the_original_words(self) -> None:
        value = {"min_s": None, "max_s": None, "original_text": "overnight"}
        assert formats.time_range(value) == "overnight"

    def test_unknown_is_empty(self) -> None:
        assert formats.time_range(None) == ""


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "html"),
        [
            (Fraction(2), "2"),
            (0, "0"),
            (Fraction(1, 2), '<span class="frac">½</span>'),
            (Fraction(3, 2), '1 <span class="frac">½</span>'),
            (Fraction(7, 3), '2 <span class="frac">1\N{FRACTION SLASH}3</span>'),
            (Fraction(5, 12), '<span class="frac">5\N{FRACTION SLASH}12</span>'),
            (Fraction(7, 20), "0.35"),
            (Fraction(1, 1000), "0.001"),
            (Fraction(12001, 10000), '1 <span class="frac">2001\N{FRACTION SLASH}10000</span>'),
            (Fraction(100), "100"),
            (Fraction(101, 10), "10.1"),
        ],
    )
    def test_is_exact_and_reads_like_a_recipe(self, value: Fraction | int, html: str) -> None:
        assert formats.number(value) == html

    def test_may_come_as_the_rational_of_the_api(self) -> None:
        assert formats.number({"n": 3, "d": 2}) == '1 <span class="frac">½</span>'


class TestQuantity:
    @pytest.mark.parametrize(
        ("kind", "low", "high", "text"),
        [
            ("none", None, None, ""),
            ("to_taste", None, None, "to taste"),
            ("exact", 2, 2, "2"),
            ("about", 2, 2, "about 2"),
            ("range", 2, 3, "2\N{EN DASH}3"),
            ("up_to", None, 3, "up to 3"),
            ("at_least", 3, None, "at least 3"),
        ],
    )
    def test_says_its_kind(self, kind: str, low: int | None, high: int | None, text: str) -> None:
        ends = [None if end is None else {"n": end, "d": 1} for end in (low, high)]
        assert formats.quantity({"kind": kind, "min": ends[0], "max": ends[1]}) == text

    def test_is_multiplied_exactly_by_the_share_of_a_step(self) -> None:
        assert (
            formats.quantity(exact(1), Fraction(1, 3))
            == '<span class="frac">1\N{FRACTION SLASH}3</span>'
        )


class TestAmount:
    def test_joins_number_and_unit(self) -> None:
        assert formats.amount(flour()) == '1 <span class="frac">½</span> cup'

    def test_says_the_size_of_a_package(self) -> None:
        size = {"size": {"n": 400, "d": 1}, "unit_text": "g"}
        tins = line(quantity=exact(2), unit_text="tins", package=size)
        assert formats.amount(tins) == "2 tins (400 g)"

    def test_adds_what_comes_on_top(self) -> None:
        more = [{"amount": {"n": 2, "d": 1}, "unit_text": "tbsp"}]
        assert (
            formats.amount(line(quantity=exact(1), unit_text="cup", plus=more)) == "1 cup + 2 tbsp"
        )

    def test_of_a_line_that_nobody_parsed_is_empty(self) -> None:
        assert not formats.amount(line())

    def test_escapes_the_unit(self) -> None:
        assert formats.amount(line(unit_text="<b>")) == "&lt;b&gt;"


class TestServings:
    @pytest.mark.parametrize(
        ("yields", "text"),
        [
            (None, ""),
            ({"servings": {"n": 8, "d": 1}}, "8 servings"),
            ({"servings": {"n": 1, "d": 1}}, "1 serving"),
            ({"amount": {"n": 24, "d": 1}, "noun": "cookies"}, "24 cookies"),
            (recipe()["yields"], "8 servings, 1 cake"),
            ({"servings": None, "amount": None, "original_text": "a <lot>"}, "a &lt;lot&gt;"),
        ],
    )
    def test_says_what_is_known(self, yields: dict[str, Any] | None, text: str) -> None:
        assert formats.servings(yields) == text


class TestDate:
    def test_is_a_day_that_machines_read_too(self) -> None:
        html = '<time datetime="2025-11-20">20 Nov 2025</time>'
        assert formats.date("2025-11-20T23:30:00Z") == html

    def test_is_in_utc(self) -> None:
        moment = datetime(2025, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
        assert formats.date(moment) == formats.date(moment.astimezone(UTC))
        assert formats.date(moment) == '<time datetime="2024-12-31">31 Dec 2024</time>'


class TestAgo:
    NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [
            (-60, "just now"),
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (3599, "59 minutes ago"),
            (3600, "1 hour ago"),
            (86_399, "23 hours ago"),
            (86_400, "1 day ago"),
            (2 * 86_400, "2 days ago"),
        ],
    )
    def test_is_in_whole_units(self, seconds: int, words: str) -> None:
        moment = self.NOW - timedelta(seconds=seconds)
        assert f">{words}</time>" in formats.ago(moment, self.NOW)

    def test_machines_read_the_moment(self) -> None:
        html = '<time datetime="2026-03-01T09:00:00Z">3 hours ago</time>'
        assert formats.ago("2026-03-01T10:00:00+01:00", self.NOW) == html


class TestInitial:
    @pytest.mark.parametrize(
        ("title", "letter"),
        [
            ("apple cake", "A"),
            ("“Überbackene”", "Ü"),
            ("5-minute", "5"),
            ("🍰 tart", "T"),
            ("!", ""),
        ],
    )
    def test_is_the_first_letter_or_figure(self, title: str, letter: str) -> None:
        assert formats.initial(title) == letter


class TestSite:
    def test_is_the_host_as_people_say_it(self) -> None:
        assert formats.site("https://www.example.org:8443/cake") == "example.org"
