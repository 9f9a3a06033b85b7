"""Text of recipes as HTML: restricted Markdown and the tokens of steps.

Text is data. It is parsed by a Markdown reader that knows no HTML, then cleaned by an allow list
as the very last act; no template is ever built from it. Braces that are no known token stay as
they are.
"""

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from fractions import Fraction
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

from potluck.domain import step_text
from potluck.web.formats import amount, number, time_range

#: A group in braces: a token if the document knows it, else text that nothing else may read.
#: Possessive, so that a line of ten thousand braces is read in one pass.
BRACES = re.compile(r"\{{1,2}+[^{}\n]*+\}{1,2}+")

#: What a reader of Markdown stops at. The work on brackets and stars grows with the square of their
#: number, so a text with more of them than any recipe needs is shown as it was typed. Measured with
#: 10,000 characters: the worst text within these takes 11 ms, "[" alone took 190 ms.
MARK = re.compile(r"[!-/:-@\[-`{-~]")
#: At most this many, in a short text no more than 200 and a fifth of its length: 300 steps of
#: nothing else would take as long as one endless one.
MOST_MARKS = 1000
MOST_BRACKETS = 30
MOST_LINES = 300

#: Rules that a recipe has no use for, and that would change what a person typed: "    4 eggs" is
#: no program, "2 &amp; 3" no entity, a picture would be asked from another site.
UNWANTED = [
    *("code", "fence", "heading", "hr", "html_block", "lheading", "reference"),
    *("entity", "html_inline", "image"),
]
TEXT_TAGS = {"a", "br", "code", "em", "strong", "p", "ul", "ol", "li", "blockquote", "span"}
DOCUMENT_TAGS = TEXT_TAGS | {"h2", "h3", "pre", "hr"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
CLASSES = {"span": {"frac", "qty", "temp", "timer"}}
#: Characters and entities without a tag between them that are cleaned in one piece: nh3 0.3 takes
#: time with the square of their number when many are "&" or U+0080 to U+00BF. 100,000 "½" took
#: 133 ms in one piece, 4 ms in these.
MOST_TEXT = 1000
_LONG_TEXT = re.compile(rf">[^<]{{{MOST_TEXT},}}")
_PIECE = re.compile(rf"(?:[^&]|&(?:#?\w{{1,9}};)?){{1,{MOST_TEXT}}}+")
#: A link out of a recipe vouches for nothing, tells nothing and gets no handle on our page.
LINK_REL = "nofollow noopener noreferrer"


def _braces_rule(state: StateInline, silent: bool) -> bool:
    """Inline rule: `{{line:ID}}` becomes a token, other braces stay as typed, stars included."""
    match = BRACES.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        words = _braces(match[0], state.env)
        if isinstance(words, Markup):
            state.push("kitchen", "", 0).meta = {"html": words}
        else:
            state.pending += words
    state.pos = match.end()
    return True


def _token_html(
    token: step_text.Reference | step_text.Temperature, env: Mapping[str, Any]
) -> Markup | None:
    if isinstance(token, step_text.Temperature):
        return Markup('<span class="temp">{} °{}</span>').format(token.degrees, token.scale)
    if token.kind == "line":
        line = env.get("lines", {}).get(str(token.id))
        return None if line is None else line_words(line)
    timer = env.get("timers", {}).get(str(token.id))
    return None if timer is None else Markup('<span class="timer">{}</span>').format(_said(timer))


def _said(timer: Mapping[str, Any]) -> str:
    """A timer in words: `40 min`, or `40 min (rise)` when it has a label."""
    label = timer.get("label")
    return time_range(timer) + (f" ({label})" if label else "")


def _render_token(
    _: RendererHTML, tokens: Sequence[Token], index: int, __: OptionsDict, ___: Mapping[str, Any]
) -> str:
    return str(tokens[index].meta["html"])


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(UNWANTED)
    reader.inline.ruler.before("emphasis", "kitchen", _braces_rule)
    reader.add_render_rule("kitchen", _render_token)
    return reader


_TEXT = _reader()
_DOCUMENT = MarkdownIt("commonmark", {"html": False}).disable(["html_block", "html_inline"])
_CLEANERS = {
    tags: nh3.Cleaner(
        tags=set(tags),
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel=LINK_REL,
    )
    for tags in (frozenset(TEXT_TAGS), frozenset(DOCUMENT_TAGS))
}


def markdown(text: str | None) -> Markup:
    """Restricted Markdown (emphasis, lists, quotes, links, code words) as clean HTML.

    Links keep only absolute http and https addresses and get a `rel`. A line break stays one.
    A text with more marks than any recipe needs stays as typed, in plain paragraphs.
    """
    return _text(text or "", {})


def step_html(step: Mapping[str, Any], lines: Mapping[str, Mapping[str, Any]]) -> Markup:
    """The text of a step, with its tokens in words.

    `lines` are the ingredient lines of the recipe by id (see `lines_by_id`). A token whose id is
    not known, and any other braces, come back as they were typed.
    """
    return _text(step["text"], _env(step, lines))


def step_words(step: Mapping[str, Any], lines: Mapping[str, Mapping[str, Any]]) -> str:
    """The text of a step for programs: as typed, with its tokens in words, no HTML."""
    pieces = _pieces(step["text"], _env(step, lines))
    return "".join(each.striptags() if isinstance(each, Markup) else each for each in pieces)


def document(text: str) -> Markup:
    """A page of our own documentation in Markdown, headings and code blocks included."""
    return _clean(_DOCUMENT.render(text), DOCUMENT_TAGS)


def lines_by_id(recipe: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """All ingredient lines of a recipe or draft that have an id, by it."""
    groups = recipe.get("ingredient_groups") or ()
    lines = (line for group in groups for line in group["lines"])
    return {line["id"]: line for line in lines if line.get("id")}


def line_words(line: Mapping[str, Any], share: Fraction = Fraction(1)) -> Markup:
    """A line in a sentence: amount and food, or the line as it was typed when it is not parsed."""
    food = line.get("food_text")
    measured = amount(line, share) if food else Markup()
    if measured:
        return Markup('<span class="qty">{}</span> {}').format(measured, food)
    words = Markup.escape(food or line.get("original_text") or "")
    if share != 1:
        return Markup("{} of {}").format(number(share), words)
    return words


def uses(step: Mapping[str, Any], lines: Mapping[str, Mapping[str, Any]]) -> list[Markup]:
    """What a step needs, in words: its share of each line that it names."""
    found: list[Markup] = []
    for use in step.get("ingredients") or ():
        line = lines.get(use["line_id"])
        if line is not None:
            share = use.get("share") or {"n": 1, "d": 1}
            found.append(line_words(line, Fraction(share["n"], share["d"])))
    return found


def _env(
    step: Mapping[str, Any], lines: Mapping[str, Mapping[str, Any]]
) -> MutableMapping[str, Any]:
    timers = {timer["id"]: timer for timer in step.get("timers") or () if timer.get("id")}
    return {"lines": lines, "timers": timers}


def _text(text: str, env: MutableMapping[str, Any]) -> Markup:
    html = _plain(text, env) if _is_costly(text) else _TEXT.render(text, env)
    return _clean(html, TEXT_TAGS)


def _is_costly(text: str) -> bool:
    return (
        text.count("[") > MOST_BRACKETS
        or text.count("\n") > MOST_LINES
        or len(MARK.findall(text)) > min(MOST_MARKS, 200 + len(text) // 5)
    )


def _plain(text: str, env: Mapping[str, Any]) -> str:
    """The text as HTML in paragraphs, with nothing but its tokens read."""
    escaped = str(Markup().join(_pieces(text, env)))
    paragraphs = (part.strip().replace("\n", "<br>\n") for part in escaped.split("\n\n"))
    return "".join(f"<p>{part}</p>\n" for part in paragraphs if part)


def _pieces(text: str, env: Mapping[str, Any]) -> Iterator[str]:
    """The text cut at its tokens: these as markup, what is between as plain text."""
    end = 0
    for match in BRACES.finditer(text):
        yield text[end : match.start()]
        yield _braces(match[0], env)
        end = match.end()
    yield text[end:]


def _braces(group: str, env: Mapping[str, Any]) -> str:
    """A group in braces: markup for a token that the document knows, else as it was typed."""
    part = next(step_text.parts(group))
    html = None if isinstance(part, str) else _token_html(part, env)
    return group if html is None else html


def _clean(html: str, tags: set[str]) -> Markup:
    in_pieces = _LONG_TEXT.sub(_cut, html)
    # Cleaned last, after everything was put together: that is what makes it safe to mark.
    return Markup(_CLEANERS[frozenset(tags)].clean(in_pieces))  # noqa: S704


def _cut(text: re.Match[str]) -> str:
    """The text with comments between its pieces; the cleaner leaves these out."""
    return "<!---->".join(_PIECE.findall(text[0]))
