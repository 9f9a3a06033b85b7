"""Restricted Markdown, step tokens, and what neither may let through."""

import re
import time

import pytest

from potluck.web.formats import is_web_link
from potluck.web.markup import (
    document,
    line_words,
    lines_by_id,
    markdown,
    step_html,
    step_words,
    uses,
)
from tests.web.answers import FLOUR_ID, TIMER_ID, exact, flour, line, recipe, step
from tests.web.html_reader import read

#: Addresses that must never become a link (J-05).
BAD_ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "&#106;avascript:alert(1)",
    "%6aavascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://example.org/a",
    "mailto:a@example.org",
    "blob:https://example.org/a",
    "//example.org/a",
    "/logout",
    "\\\\example.org\\a",
    "https:",
    "https:///a",
    "http://",
    "http://exa mple.org",
    "https://[broken",
    "",
]
GOOD_ADDRESSES = [
    "https://example.org",
    "http://example.org:8080/a?b=1&c=2#d",
    "HTTPS://example.org/ä",
]

#: Text that a template engine, here or in a browser, might take for its own (I-09).
TEMPLATE_TEXT = [
    "{{7*7}}",
    "{{ 7*7 }}",
    "{{config}}",
    "{{ self.__init__.__globals__ }}",
    "{% for x in y %}",
    "{# comment #}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{0.__class__}",
    "%(x)s",
    "{{line:nothing}}",
    "{{timer:0190a0a0-0000-7000-8000-00000000dead}}",
    "{{line:0190a0a0-0000-7000-8000-00000000dead}}",
    "{{temp:hotC}}",
    "{{temp:180K}}",
    "{{{{",
    "2 {{a*b}} and 3 {{c*d}}",
]

#: Text that costs a reader of Markdown time out of proportion to its length.
COSTLY_TEXT = [
    "[" * 10_000,
    "![" * 5000,
    "[x](https://example.org) " * 400,
    "*" * 10_000,
    "*_" * 5000,
    "`" * 10_000,
    "<" * 10_000,
    "&" * 10_000,
    "_a" * 5000,
    ">" * 10_000,
    "- " * 5000,
    "[" * 30 + "-" * 9970,
    "*_" * 300,
    "*a*\n" * 2500,
    "a\n" * 5000,
    "b\n\n" * 3333,
]


class TestMarkdown:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("plain", "<p>plain</p>"),
            ("*so* and **so**", "<p><em>so</em> and <strong>so</strong></p>"),
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("350. a", '<ol start="350">\n<li>a</li>\n</ol>'),
            ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
            ("`a`", "<p><code>a</code></p>"),
            ("", ""),
            (None, ""),
        ],
    )
    def test_reads_what_recipes_use(self, text: str | None, html: str) -> None:
        assert markdown(text).strip() == html

    @pytest.mark.parametrize(
        "text",
        ["# 1 lemon", "    4 eggs", "~~~", "2 &amp; 3", "&frac12; cup", "- - -", "[a]: https://example.org"],
    )  # fmt: skip
    def test_leaves_as_text_what_they_do_not_use(self, text: str) -> None:
        assert "".join(read(markdown(text)).text.split()) in "".join(text.split()).replace(
            "---", ""
        )

    def test_shows_no_picture_of_another_site(self) -> None:
        assert "<img" not in markdown("![x](https://example.org/x.png)")

    @pytest.mark.parametrize("address", GOOD_ADDRESSES)
    def test_j05_link_gets_rel(self, address: str) -> None:
        (link,) = read(markdown(f"[x](<{address}>)")).find("a")
        assert link.attributes["rel"] == "nofollow noopener noreferrer"
        assert link.attributes["href"].lower().startswith("http")

    @pytest.mark.parametrize("address", BAD_ADDRESSES)
    def test_j05_other_schemes_and_relative_addresses_are_no_link(self, address: str) -> None:
        for text in (f"[x]({address})", f"[x](<{address}>)", f"<{address}>"):
            hrefs = [link.attributes.get("href", "") for link in read(markdown(text)).find("a")]
            assert not [href for href in hrefs if not re.match("https?://|$", href)]

    @pytest.mark.parametrize("text", TEMPLATE_TEXT)
    def test_i09_braces_are_text(self, text: str) -> None:
        assert read(markdown(text)).text.strip() == text


class TestCostlyText:
    @pytest.mark.parametrize("text", COSTLY_TEXT, ids=lambda text: repr(text[:8]))
    def test_stays_as_typed(self, text: str) -> None:
        html = markdown(text)
        tags = set(re.findall(r"</?([a-z]+)", html))
        assert "".join(read(html).text.split()) == "".join(text.split())
        assert tags <= {"p", "br"}

    @pytest.mark.parametrize("text", COSTLY_TEXT, ids=lambda text: repr(text[:8]))
    def test_in_a_hundred_steps_does_not_hold_up_others(self, text: str) -> None:
        start = time.process_time()
        for _ in range(100):
            step_html(step(text), {})
        assert time.process_time() - start < 2

    def test_keeps_its_paragraphs_and_its_tokens(self) -> None:
        html = step_html(step(f"{'[' * 31}\n<b>\n\n{{{{timer:{TIMER_ID}}}}} {{{{x}}}}"), {})
        timer = '<span class="timer">40 min</span>'
        assert html == f"<p>{'[' * 31}<br>\n&lt;b&gt;</p>\n<p>{timer} {{{{x}}}}</p>\n"

    def test_is_not_what_a_long_recipe_needs(self) -> None:
        html = markdown("- *Stir*, then [look](https://example.org).\n" * 30)
        assert (html.count("<em>"), html.count("<a ")) == (30, 30)


def cost_s(text: str) -> float:
    """CPU of this thread for the text, the least of three tries."""
    costs = []
    for _ in range(3):
        start = time.thread_time()
        markdown(text)
        costs.append(time.thread_time() - start)
    return min(costs)


class TestLongText:
    @pytest.mark.parametrize("seed", ["½", "½ ", "`½` ", "\xa0a"])
    def test_i07_ten_times_the_text_takes_ten_times_the_work_not_a_hundred(self, seed: str) -> None:
        short, long = ((seed * size)[:size] for size in (20_000, 200_000))
        assert cost_s(long) < 30 * cost_s(short)

    @pytest.mark.parametrize("seed", ["½", "a", "&", "&amp;", "a&lt; ", "<!-- -->", "'\"", "> & <"])
    def test_is_whole(self, seed: str) -> None:
        text = (seed * 5000).strip()
        assert read(markdown(text)).text.strip() == text

    def test_in_an_address_is_left_alone(self) -> None:
        address = f"https://example.org/{'a' * 5000}"
        (link,) = read(markdown(f"[{'b' * 5000}]({address})")).find("a")
        assert link.attributes["href"] == address


class TestWebLink:
    @pytest.mark.parametrize("address", GOOD_ADDRESSES)
    def test_is_absolute_http_or_https(self, address: str) -> None:
        assert is_web_link(address)

    @pytest.mark.parametrize("address", [*BAD_ADDRESSES, None, 7])
    def test_j05_is_nothing_else(self, address: object) -> None:
        assert not is_web_link(address)


class TestStep:
    def test_line_token_becomes_amount_and_food(self) -> None:
        html = step_html(step(f"Add {{{{line:{FLOUR_ID}}}}}."), {FLOUR_ID: flour()})
        amount = '<span class="qty">1 <span class="frac">½</span> cup</span>'
        assert html == f"<p>Add {amount} flour.</p>\n"

    def test_timer_token_becomes_a_chip(self) -> None:
        html = step_html(step(f"Bake {{{{timer:{TIMER_ID}}}}}."), {})
        assert html == '<p>Bake <span class="timer">40 min</span>.</p>\n'

    def test_timer_says_its_label(self) -> None:
        rising = {"id": TIMER_ID, "label": "rise", "min_s": 3600, "max_s": 7200}
        html = step_html(step(f"{{{{timer:{TIMER_ID}}}}}", timers=[rising]), {})
        assert html == '<p><span class="timer">1\N{EN DASH}2 h (rise)</span></p>\n'

    def test_temperature_token_becomes_degrees(self) -> None:
        html = step_html(step("{{temp:180C}}, {{temp:350F}}, {{temp:-18C}}"), {})
        assert read(html).text.strip() == "180 °C, 350 °F, -18 °C"

    @pytest.mark.parametrize("text", TEMPLATE_TEXT)
    def test_i09_other_braces_are_text(self, text: str) -> None:
        assert read(step_html(step(text), {FLOUR_ID: flour()})).text.strip() == text

    def test_i09_text_of_a_token_is_not_read_again(self) -> None:
        tricky = flour(food_text=f"{{{{timer:{TIMER_ID}}}}} *x* <b>")
        html = step_html(step(f"{{{{line:{FLOUR_ID}}}}}"), {FLOUR_ID: tricky})
        assert read(html).text.strip() == f"1 ½ cup {{{{timer:{TIMER_ID}}}}} *x* <b>"
        assert "<em>" not in html

    def test_in_words_is_as_typed_with_its_tokens_read(self) -> None:
        text = f"Add *all* {{{{line:{FLOUR_ID}}}}}, <b> {{{{x}}}}."
        words = step_words(step(text), {FLOUR_ID: flour()})
        assert words == "Add *all* 1 ½ cup flour, <b> {{x}}."

    def test_a_line_of_ten_thousand_braces_is_read_in_no_time(self) -> None:
        assert read(step_html(step("{" * 10_000), {})).text.strip() == "{" * 10_000


class TestLine:
    def test_that_nobody_parsed_is_its_own_words(self) -> None:
        assert line_words(line(original_text="2 <eggs>")) == "2 &lt;eggs&gt;"

    def test_of_which_a_step_takes_a_share(self) -> None:
        half = {"line_id": FLOUR_ID, "share": {"n": 1, "d": 2}}
        lines = {FLOUR_ID: flour(quantity=exact(3))}
        words = uses(step("Mix.", ingredients=[half]), lines)
        assert words == ['<span class="qty">1 <span class="frac">½</span> cup</span> flour']

    def test_unparsed_of_which_a_step_takes_a_share(self) -> None:
        half = {"line_id": FLOUR_ID, "share": {"n": 1, "d": 2}}
        words = uses(step("Mix.", ingredients=[half]), {FLOUR_ID: line()})
        assert words == ['<span class="frac">½</span> of 2 eggs']

    def test_that_is_gone_is_left_out(self) -> None:
        assert uses(step("Mix.", ingredients=[{"line_id": FLOUR_ID}]), {}) == []

    def test_is_found_by_its_id(self) -> None:
        assert lines_by_id(recipe())[FLOUR_ID]["food_text"] == "flour"


class TestDocument:
    def test_has_headings_and_code(self) -> None:
        html = document("## A\n\n```\nGET /\n```")
        assert html == "<h2>A</h2>\n<pre><code>GET /\n</code></pre>\n"

    def test_has_no_html(self) -> None:
        assert document("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"
