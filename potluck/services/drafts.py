"""From a page that was read to the writable members of a recipe, within the bounds of the API.

What does not fit is never lost in silence: long steps are split, anything else that is cut or left
out gives a warning that says where.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pydantic import TypeAdapter, ValidationError

from potluck.domain import step_text
from potluck.domain.page_recipe import Group, PageRecipe, PageStep, PageTime, PageYield, Section
from potluck.schemas.types import WebUrl

#: The bounds of `POST /recipes`, in code points and entries.
TITLE, SUMMARY, NAME, LINE, STEP, NOTE = 300, 2_000, 200, 1_000, 10_000, 10_000
SOURCE_TEXT, NOUN, YIELD_TEXT, TIME_TEXT, TAG, EQUIPMENT = 300, 100, 200, 1_000, 100, 200
MOST_GROUPS, MOST_LINES, MOST_STEPS = 50, 500, 300
MOST_TAGS, MOST_EQUIPMENT, MOST_NOTES = 50, 50, 20
UNTITLED = "Untitled recipe"

_WEB_URL: TypeAdapter[str] = TypeAdapter(WebUrl)
_SENTENCE_END = re.compile(r"[.!?\u3002]\s")


@dataclass(frozen=True, slots=True)
class Draft:
    """`content` holds the writable members; `warnings` code, pointer and detail of each loss."""

    content: dict[str, Any]
    warnings: list[dict[str, str]] = field(default_factory=list)


def draft_from(page: PageRecipe, *, url_original: str | None) -> Draft:
    """A draft that `RecipeWrite` takes as it is; `url_original` is the address the cook gave."""
    fit = _Fitting()
    for warning in page.warnings:
        fit.warn(warning.code, warning.pointer, warning.detail)
    content: dict[str, Any] = {
        "title": fit.title(page.title),
        "summary": fit.text(page.summary, SUMMARY, "/summary"),
        "tags": fit.tags(page.tags),
        "ingredient_groups": fit.groups(page.groups),
        "sections": fit.sections(page.sections),
        "times": {
            name: fit.time(getattr(page.times, name), f"/times/{name}")
            for name in ("prep", "cook", "rest", "total")
        },
        "yields": fit.yields(page.yields),
        "source": fit.source(page, url_original),
        "image_url": fit.address(page.image_url, "/image_url"),
        "equipment": fit.texts(page.equipment, EQUIPMENT, MOST_EQUIPMENT, "/equipment"),
        "nutrition": _nutrition(page),
        "notes": [
            {"title": None, "text": text}
            for text in fit.texts(page.notes, NOTE, MOST_NOTES, "/notes")
        ],
    }
    if page.language is not None:
        content["language"] = page.language
    return Draft(content, fit.warnings)


def _nutrition(page: PageRecipe) -> dict[str, Any] | None:
    if page.nutrition is None or not page.nutrition.values:
        return None
    values = page.nutrition.values.items()
    return {
        "basis": page.nutrition.basis,
        "source": "imported",
        "values": {code: {"amount": amount, "unit": unit} for code, (amount, unit) in values},
        "coverage": None,
    }


class _Fitting:
    """Brings values within their bounds and remembers what that cost."""

    def __init__(self) -> None:
        self.warnings: list[dict[str, str]] = []

    def warn(self, code: str, pointer: str, detail: str) -> None:
        self.warnings.append({"code": code, "pointer": pointer, "detail": detail})

    def title(self, title: str | None) -> str:
        if not title:
            self.warn("title_missing", "/title", "The page names no title.")
            return UNTITLED
        return self.text(title, TITLE, "/title") or UNTITLED

    def text(self, text: str | None, most: int, pointer: str) -> str | None:
        """`text`, cut between words with a mark of omission when it is longer than `most`."""
        if not text or len(text) <= most:
            return text or None
        self.warn("text_shortened", pointer, f"Cut from {len(text)} to {most} characters.")
        cut = text[: most - 1]
        return cut[: cut.rfind(" ")].rstrip() + "…" if " " in cut[most // 2 :] else cut + "…"

    def texts(self, texts: Iterable[str], most: int, count: int, pointer: str) -> list[str]:
        kept = self.first(list(texts), count, pointer)
        fitted = (self.text(text, most, f"{pointer}/{i}") for i, text in enumerate(kept))
        return [text for text in fitted if text]

    def first(self, items: list[Any], most: int, pointer: str) -> list[Any]:
        """The first `most` of `items`."""
        if len(items) > most:
            self.warn("items_left_out", pointer, f"Only the first {most} of {len(items)} are kept.")
        return items[:most]

    def address(self, address: str | None, pointer: str) -> str | None:
        if not address:
            return None
        try:
            return _WEB_URL.validate_python(address)
        except ValidationError:
            self.warn("address_unusable", pointer, "The page gives an address that is none.")
            return None

    def tags(self, tags: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
        kept = self.first([tag for tag in tags if tag[1]], MOST_TAGS, "/tags")
        return [
            {"kind": kind, "name": self.text(name, TAG, f"/tags/{i}/name") or name[:TAG]}
            for i, (kind, name) in enumerate(kept)
        ]

    def groups(self, groups: tuple[Group, ...]) -> list[dict[str, Any]]:
        pointer = "/ingredient_groups"
        cut = self._within(groups, MOST_LINES, pointer, "lines")
        return [
            {
                "name": self.text(name, NAME, f"{pointer}/{i}/name"),
                "lines": [
                    {"original_text": self.text(line, LINE, f"{pointer}/{i}/lines/{j}")}
                    for j, line in enumerate(lines)
                ],
            }
            for i, (name, lines) in enumerate(cut)
        ]

    def sections(self, sections: tuple[Section, ...]) -> list[dict[str, Any]]:
        split = [(name, self._split(steps, i)) for i, (name, steps) in enumerate(sections)]
        cut = self._within(split, MOST_STEPS, "/sections", "steps")
        return [
            {
                "name": self.text(name, NAME, f"/sections/{i}/name"),
                "steps": [
                    {
                        "title": self.text(step.title, NAME, f"/sections/{i}/steps/{j}/title"),
                        "text": step.text,
                    }
                    for j, step in enumerate(steps)
                ],
            }
            for i, (name, steps) in enumerate(cut)
        ]

    def _within(
        self, groups: Iterable[tuple[str | None, Any]], most: int, pointer: str, what: str
    ) -> list[tuple[str | None, list[Any]]]:
        """Groups with something in them, at most `MOST_GROUPS` and `most` entries in all."""
        filled = self.first([(n, list(e)) for n, e in groups if e], MOST_GROUPS, pointer)
        total = sum(len(entries) for _, entries in filled)
        if total > most:
            self.warn("items_left_out", pointer, f"Only the first {most} of {total} {what} fit.")
        kept: list[tuple[str | None, list[Any]]] = []
        for name, entries in filled:
            kept.append((name, entries[:most]))
            most -= len(entries[:most])
        return [(name, entries) for name, entries in kept if entries]

    def _split(self, steps: tuple[PageStep, ...], section: int) -> list[PageStep]:
        """Steps without tokens of ours, the long ones as several."""
        pieces: list[PageStep] = []
        for index, step in enumerate(steps):
            texts = split_text(without_tokens(step.text), STEP)
            if len(texts) > 1:
                pointer = f"/sections/{section}/steps/{index}"
                self.warn("step_split", pointer, f"A long step became {len(texts)} steps.")
            titles = [step.title, *[None] * len(texts)]
            pieces.extend(PageStep(text, titles[i]) for i, text in enumerate(texts))
        return pieces

    def time(self, time: PageTime | None, pointer: str) -> dict[str, Any] | None:
        if time is None or (time.min_s is None and not time.original_text):
            return None
        words = self.text(time.original_text, TIME_TEXT, f"{pointer}/original_text")
        return {"min_s": time.min_s, "max_s": time.max_s, "original_text": words}

    def yields(self, yields: PageYield | None) -> dict[str, Any]:
        yields = yields or PageYield()
        return {
            "servings": _rational(yields.servings),
            "amount": _rational(yields.amount),
            "noun": self.text(yields.noun, NOUN, "/yields/noun"),
            "original_text": self.text(yields.original_text, YIELD_TEXT, "/yields/original_text"),
        }

    def source(self, page: PageRecipe, url_original: str | None) -> dict[str, str | None]:
        return {
            "url_original": self.address(url_original, "/source/url_original"),
            "url_canonical": self.address(page.canonical_url, "/source/url_canonical"),
            "site": self.text(page.site, SOURCE_TEXT, "/source/site"),
            "author": self.text(page.author, SOURCE_TEXT, "/source/author"),
            "licence_note": None,
        }


def _rational(number: Fraction | None) -> dict[str, int] | None:
    if number is None or number <= 0:
        return None
    return {"n": number.numerator, "d": number.denominator}


def split_text(text: str, most: int) -> list[str]:
    """`text` in pieces of at most `most` code points, cut at line, sentence or word ends."""
    pieces: list[str] = []
    while len(text) > most:
        end = _cut_before(text, most)
        pieces.append(text[:end].strip())
        text = text[end:].strip()
    return [piece for piece in (*pieces, text) if piece]


def _cut_before(text: str, most: int) -> int:
    """Where to cut: the last good place in the second half of the first `most` code points."""
    head, half = text[:most], most // 2
    line = head.rfind("\n", half)
    if line > 0:
        return line
    sentences = [match.end() for match in _SENTENCE_END.finditer(head, half)]
    if sentences:
        return sentences[-1]
    blank = head.rfind(" ", half)
    return blank if blank > 0 else most


def without_tokens(text: str) -> str:
    """`text` with what looks like a reference of our editor ("{{line:…}}") made harmless.

    A page cannot mean a line or timer of ours, and a reference to none is refused.
    """
    if "{{" not in text:
        return text
    is_token = any(not isinstance(part, str) for part in step_text.parts(text))
    return text.replace("{{", "{ {") if is_token else text
