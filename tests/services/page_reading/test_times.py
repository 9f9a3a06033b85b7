# ruff: noqa: RUF001  pages use dashes and quotes that look like ours
import pytest

from potluck.domain.page_recipe import PageTime
from potluck.services.page_reading.times import LONGEST_S, read_time

MINUTE, HOUR, DAY = 60, 3600, 86_400


class TestIsoDuration:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("PT1H30M", 90 * MINUTE),
            ("PT90M", 90 * MINUTE),
            ("PT45S", 45),
            ("PT1.5H", 90 * MINUTE),
            ("P1DT2H", DAY + 2 * HOUR),
            ("P1W", 7 * DAY),
            ("P0Y0M0DT1H30M0.000S", 90 * MINUTE),
            ("pt20m", 20 * MINUTE),
        ],
    )
    def test_valid_ones_are_read(self, text: str, seconds: int) -> None:
        assert read_time(text) == PageTime(seconds, seconds)

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("P0DT1H", HOUR),
            ("PT0D4H45M", 4 * HOUR + 45 * MINUTE),
            ("PTH30M", 30 * MINUTE),
            ("P2H10M", 2 * HOUR + 10 * MINUTE),
            ("P30M", 30 * MINUTE),
            ("PT1H30", 90 * MINUTE),
            ("PT25", 25 * MINUTE),
        ],
    )
    def test_broken_ones_mean_what_a_cook_would_think(self, text: str, seconds: int) -> None:
        assert read_time(text) == PageTime(seconds, seconds)

    @pytest.mark.parametrize(
        "text", ["PTundefinedM", "PTNaNM", "PT-30M", "-PT30M", "P90D", "PT1X", "P1.5.2D"]
    )
    def test_nonsense_keeps_its_words(self, text: str) -> None:
        assert read_time(text) == PageTime(original_text=text)

    @pytest.mark.parametrize("text", ["PT0M", "PT", "P", "P0DT0H0M", "", "  ", "0", "0 min"])
    def test_zero_and_nothing_mean_that_the_page_does_not_say(self, text: str) -> None:
        assert read_time(text) is None


class TestWords:
    @pytest.mark.parametrize(
        ("text", "minutes"),
        [
            ("1 hr 20 min", 80),
            ("1h20", 80),
            ("1 h 20 m", 80),
            ("45 minutes", 45),
            ("1 hour and 5 minutes", 65),
            ("1 hour plus 2 hours chilling", 180),
            ("half an hour", 30),
            ("an hour and a half", 90),
            ("one and a half hours", 90),
            ("1 1/2 hours", 90),
            ("1½ Stunden", 90),
            ("1,5 Stunden", 90),
            ("90 Min.", 90),
            ("1 Std. 10 Min.", 70),
            ("une demi-heure", 30),
            ("2 heures et demie", 150),
            ("1 hora y 15 minutos", 75),
            ("1 u 20 min", 80),
            ("1 timme 10 minuter", 70),
            ("2 óra 30 perc", 150),
            ("1 час 20 минут", 80),
            ("1時間30分", 90),
            ("30分钟左右", 30),
            ("30'", 30),
            ("2 days", 2880),
        ],
    )
    def test_many_languages_are_read(self, text: str, minutes: int) -> None:
        assert read_time(text) == PageTime(minutes * MINUTE, minutes * MINUTE, text)

    @pytest.mark.parametrize(
        ("text", "low", "high"),
        [
            ("20-25 minutes", 20, 25),
            ("20 – 25 min", 20, 25),
            ("1 to 2 hours", 60, 120),
            ("1 hour - 1 hour 30 minutes", 60, 90),
            ("20 à 30 minutes", 20, 30),
            ("1 a 2 horas", 60, 120),
            ("10 bis 15 Minuten", 10, 15),
            ("30 to 20 minutes", 20, 30),
        ],
    )
    def test_ranges_keep_both_ends(self, text: str, low: int, high: int) -> None:
        assert read_time(text) == PageTime(low * MINUTE, high * MINUTE, text)

    def test_a_bare_number_is_minutes(self) -> None:
        assert read_time("45") == PageTime(45 * MINUTE, 45 * MINUTE)

    def test_a_clock_time_is_hours_and_minutes(self) -> None:
        assert read_time("1:30") == PageTime(90 * MINUTE, 90 * MINUTE, "1:30")

    @pytest.mark.parametrize("text", ["overnight", "n/a", "until golden", "1/0 hours", "x" * 1000])
    def test_what_cannot_be_read_keeps_its_words(self, text: str) -> None:
        assert read_time(text) == PageTime(original_text=text)

    def test_longer_than_thirty_days_is_not_believed(self) -> None:
        assert read_time("30 days") == PageTime(LONGEST_S, LONGEST_S, "30 days")
        assert read_time("31 days") == PageTime(original_text="31 days")
