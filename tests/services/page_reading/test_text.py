import pytest

from potluck.services.page_reading.text import match_key, one_line, plain, thin_marks


class TestPlain:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("salt &amp; pepper", "salt & pepper"),
            ("salt &amp;amp; pepper", "salt & pepper"),
            ("1&nbsp;cup\u00a0milk", "1 cup milk"),
            ("<p>Mix.</p><p>Bake.</p>", "Mix.\nBake."),
            ("Mix.<br>Bake.<br/>Eat.", "Mix.\nBake.\nEat."),
            ("&lt;b&gt;Mix&lt;/b&gt;", "Mix"),
            ("<script>alert(1)</script>Mix", "Mix"),
            ("a<!-- hidden -->b", "ab"),
            ("  a \t b \r\n\r\n c ", "a b\nc"),
            ("Weizen\u00admehl\u200b", "Weizen\u00admehl"),
            ("e\u0301clair", "éclair"),
            ("a\x00b\x1fc\ud800d", "a b c d"),
            ("bake at <350 °F", "bake at <350 °F"),
            ("{{7*7}} ${7*7} {0.__class__}", "{{7*7}} ${7*7} {0.__class__}"),
        ],
    )
    def test_is_what_a_reader_sees(self, text: str, expected: str) -> None:
        assert plain(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "<img src=x onerror=alert(1)>",
            "&lt;img src=x onerror=alert(1)&gt;",
            "<<b>script>alert(1)<</b>/script>",
            "<svg/onload=alert(1)>",
        ],
    )
    def test_no_element_is_left(self, text: str) -> None:
        assert "<script" not in plain(text)
        assert "<img" not in plain(text)
        assert "<svg" not in plain(text)

    def test_one_line_joins_lines(self) -> None:
        assert one_line("<p>Mix</p><p>and bake</p>") == "Mix and bake"


class TestMarks:
    def test_no_letter_keeps_more_than_thirty(self) -> None:
        assert thin_marks("a" + "\u0301" * 100_000 + "b") == "a" + "\u0301" * 30 + "b"

    def test_text_of_other_scripts_is_untouched(self) -> None:
        text = "番茄鸡肉浓情焗饭" * 20 + "नमस्ते" * 20
        assert thin_marks(text) == text


class TestMatchKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("1/2 cup Milk, warm", "½ cup milk (warm)"),
            ("Crème  fraîche", "CRÈME FRAÎCHE"),
            ("100g flour", "100 g flour"),
        ],
    )
    def test_spelling_of_the_same_words_does_not_matter(self, one: str, other: str) -> None:
        assert match_key(one) == match_key(other)

    def test_other_words_differ(self) -> None:
        assert match_key("1 cup milk") != match_key("2 cups milk")
