"""Search without a database: what both engines must answer, as simple as it can be said."""

from dataclasses import dataclass, field
from typing import Any

from potluck.domain.search.query import (
    Alternative,
    SearchQuery,
    Term,
    correctable,
    corrected,
    parse,
)
from potluck.domain.search.ranking import FIELDS, LOOSE, WHOLE
from potluck.domain.search.stems import LANGUAGES
from potluck.domain.search.typos import corrections, deletions, vocabulary
from potluck.domain.search.words import IndexedText, indexed


@dataclass(frozen=True)
class Found:
    """Titles, best first; `corrected`: what was searched instead of what was typed."""

    titles: list[str]
    corrected: str | None = None


@dataclass
class Shelf:
    """Recipes in the order in which they were written."""

    texts: list[tuple[str, IndexedText]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    #: Those of which plurals count, as `parse` takes them.
    languages: tuple[str, ...] = LANGUAGES

    def add(self, body: dict[str, Any]) -> None:
        text = text_of(body)
        self.texts.append((body["title"], text))
        self.words |= vocabulary(text)

    def search(self, text: str) -> Found:
        titles = self._titles(text)
        if titles:
            return Found(titles)
        typed = [word for word in correctable(text) if not self._titles(word)]
        near = set[str]().union(*map(deletions, typed))
        likely = corrections(typed, [word for word in self.words if near & deletions(word)])
        for one in likely:
            meant = corrected(text, one.typed, one.word)
            titles = self._titles(meant)
            if titles:
                return Found(titles, meant)
        return Found([])

    def _titles(self, typed: str) -> list[str]:
        query = parse(typed, self.languages)
        hits = [
            (points, place, title)
            for place, (title, text) in enumerate(self.texts)
            if (points := score(text, query)) > 0
        ]
        return [title for _, _, title in sorted(hits, reverse=True)]


def text_of(body: dict[str, Any]) -> IndexedText:
    """As a saved recipe is read: see `potluck.domain.search.words.IndexedText`."""
    lines = [line for group in body["ingredient_groups"] for line in group["lines"]]
    steps = [step for section in body["sections"] for step in section["steps"]]
    names = [part["name"] for part in (*body["ingredient_groups"], *body["sections"])]
    told = [body["summary"], *names, body["source"]["author"]]
    return indexed(
        language=body["language"],
        title=body["title"],
        labels=[tag["name"] for tag in body["tags"]]
        + [line["food_text"] for line in lines if "food_text" in line],
        lines=[line["original_text"] for line in lines],
        steps=[text for text in told if text] + [part["text"] for part in (*steps, *body["notes"])],
    )


def score(text: IndexedText, query: SearchQuery) -> int:
    """Points of a hit; 0 when it is none."""
    points = [_points(text, term) for term in query.wanted]
    if not all(points) or any(_points(text, term) for term in query.unwanted):
        return 0
    return sum(points)


def _points(text: IndexedText, term: Term) -> int:
    return max(
        WHOLE[name]
        if any(_is_whole(getattr(text, name), one) for one in term)
        else LOOSE[name]
        if any(_is_loose(getattr(text, name), one) for one in term)
        else 0
        for name in FIELDS
    )


def _is_whole(text: str, alternative: Alternative) -> bool:
    return alternative.language is None and f" {alternative.text} " in text


def _is_loose(text: str, alternative: Alternative) -> bool:
    if alternative.is_prefix:
        return f" {alternative.text}" in text
    return f" {alternative.text} " in text
