"""I-07, S-08: no repetition makes a parser of foreign text take more than linear time.

The parsers of fetched pages have such a test of their own (tests/services/page_reading). Times are
of this thread's CPU, so that other work on the machine does not count; the limit is far above what
linear work takes and far below what the square of 100 kB takes.
"""

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from potluck.api import accept, json_body
from potluck.api.middleware.host_header import check_host
from potluck.core import etag, logging, opaque
from potluck.core.cursor import Cursors
from potluck.core.errors import AppError
from potluck.domain import codes, context_words, email_address, rational, slug, step_text
from potluck.domain import text as plain_text
from potluck.domain.search import query
from potluck.web import errors, markup, next_path, recipe_text

SEEDS = (
    " ", "1 ", "1/", "½", "-", "a", "a-", "a b ", ".", ",", ", ", ";", "q=", '"', 'W/"', '"a",',
    "*", "**", "_", "`", "[", "[](", "![", "](", "<", "<!--", "<a ", "&", "&amp;", "{", "{{", "{{a",
    "}", "{{ingredient:", "\\", "\n", "\n\n", "# ", "> ", "- ", "1. ", "|", "~~", "\u0301",
    "e\u0301", "\u200b", "中", "(", "NEAR(", "'", "/", "//", "%", "@", "a@", "[[", '{"a":', "0",
    "\t", "=", "passw", "://a:",
)  # fmt: skip
LONGEST_QUERY = 200
SMALL, LARGE = 10_000, 100_000
#: At most 0.1 s where it was measured.
LIMIT_S = 1.0
#: Ten times the text may take 20 times as long (an exponent of 1.3), and twice that by chance; with
#: the square it would be 100. Below this cost it says nothing.
MOST_GROWTH, TELLING_S = 40, 0.03

PARSERS: dict[str, Callable[[str], Any]] = {
    "quantity": rational.parse,
    "text": lambda text: (plain_text.is_fit(text), plain_text.clean(text), plain_text.fold(text)),
    # Longer queries are refused before; their cost is measured at the length that is taken.
    "search": lambda text: query.parse(text[:LONGEST_QUERY]),
    "slug": slug.slug,
    # A name is as long as a field of a form at most; a password is longer nowhere.
    "password of names": lambda text: context_words.is_made_of_names(text[:256], [text[:1000]]),
    "language": codes.is_language_tag,
    "address": email_address.is_email_address,
    "step": lambda text: list(step_text.parts(text)),
    "markdown": markup.markdown,
    "step as a page": lambda text: markup.step_html({"text": text, "ingredients": []}, {}),
    "lines of a form": recipe_text.read_lines,
    "texts of a form": recipe_text.read_headed_texts,
    "path to go on to": next_path.own_path,
    "JSON": lambda text: json_body.parse(text.encode()),
    "cursor": lambda text: Cursors(bytes(32)).decode(text, "list"),
    "token": lambda text: opaque.has_prefix(text, opaque.Prefix.PERSONAL),
    "Accept": lambda text: accept.takes([text], "application/json"),
    "Accept of a page": errors.prefers_html,
    "If-None-Match": lambda text: etag.matches(text, '"x"', weak=True),
    "log": logging.redact,
    "Host": lambda text: check_host([text.encode()], frozenset({"potluck.test"})),
}


def cost_s(parse: Callable[[str], Any], text: str) -> float:
    """Seconds of CPU; what is refused may be refused in any way that is meant for people."""
    start = time.thread_time()
    with contextlib.suppress(AppError, ValueError):
        parse(text)
    return time.thread_time() - start


@pytest.mark.parametrize("name", PARSERS)
def test_i07_s08_no_repetition_makes_it_slow(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    costs = {
        seed: [cost_s(PARSERS[name], (seed * size)[:size]) for size in (SMALL, LARGE)]
        for seed in SEEDS
    }
    worst = max(costs, key=lambda seed: costs[seed][1])
    small, large = costs[worst]
    with capsys.disabled():
        told = f"{large * 1000:.1f} ms, {large / max(small, 1e-6):.0f} x a tenth of it"
        print(f"\n{name}: {worst!r} is the slowest, {told}", end="")  # noqa: T201
    assert {seed: cost for seed, (_, cost) in costs.items() if cost > LIMIT_S} == {}
    grown = {seed: each for seed, each in costs.items() if each[1] > MOST_GROWTH * each[0]}
    assert {seed: each for seed, each in grown.items() if each[1] > TELLING_S} == {}
