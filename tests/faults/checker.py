"""Reads a journal and the database, through nothing of Potluck, and compares them.

*lost*: acknowledged and not there. *ghost*: refused and there all the same. *double*: one intent
that was done twice. *half*: a recipe whose parts do not agree. What is there though nobody was told
so (*unheard*) is allowed, and counted.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from tests.faults.clients import LINES
from tests.faults.house import House
from tests.faults.journal import Attempt, attempts

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RECIPES = "SELECT id, title, revision, document, updated_at FROM recipe"
_REVISIONS = "SELECT recipe_id, number, document, tags FROM recipe_revision ORDER BY number"
_TAGS = "SELECT recipe_id, tag_id FROM recipe_tag ORDER BY position"
_WORDS = "SELECT recipe_id, title FROM recipe_words"
_CLOCK = "SELECT last_us FROM recipe_clock"


@dataclass
class Found:
    """The verdict; each list names what is wrong."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    ghost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    unheard: int = 0
    integrity: str = "ok"

    @property
    def is_good(self) -> bool:
        wrong = (self.lost, self.ghost, self.double, self.half)
        return not any(wrong) and self.integrity == "ok"

    def __str__(self) -> str:
        counts = ", ".join(
            f"{name} {len(names)}{f' ({names[0]})' if names else ''}"
            for name, names in (
                ("lost", self.lost),
                ("ghost", self.ghost),
                ("double", self.double),
                ("half", self.half),
            )
        )
        return (
            f"{self.acknowledged} acknowledged, {counts}, unheard {self.unheard},"
            f" integrity {self.integrity}"
        )


@dataclass
class State:
    """The tables that are compared, ids as text."""

    recipes: dict[str, tuple[str, int, Any, int]] = field(default_factory=dict)
    revisions: dict[str, list[tuple[int, Any, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    tags: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, str] = field(default_factory=dict)
    clock_us: int = 0


def check(house: House, journal: Path) -> Found:
    """Compare what clients were told with what is stored."""
    state = read(house)
    found = Found(integrity=integrity(house.sqlite_file) if house.engine == "sqlite" else "ok")
    by_title = Counter(title for title, *_ in state.recipes.values())
    titles = {title: id for id, (title, *_) in state.recipes.items()}
    changes = {
        (id, json.loads(document)["summary"]): number
        for id, kept in state.revisions.items()
        for number, document, _ in kept
    }
    for attempt in attempts(journal):
        if attempt.kind == "create":
            _look_at_create(attempt, found, titles, by_title)
        elif attempt.kind == "change":
            _look_at_change(attempt, found, changes)
    found.half = [problem for id in state.recipes for problem in halves(state, id)]
    return found


def _look_at_create(
    attempt: Attempt, found: Found, titles: dict[str, str], counts: Counter[str]
) -> None:
    if counts[attempt.key] > 1:
        found.double.append(attempt.key)
    id = titles.get(attempt.key)
    if said := attempt.acknowledged:
        found.acknowledged += 1
        if id != said["id"].replace("-", ""):
            found.lost.append(attempt.key)
    elif id is not None:
        if attempt.is_refused:
            found.ghost.append(attempt.key)
        else:
            found.unheard += 1


def _look_at_change(attempt: Attempt, found: Found, changes: dict[tuple[str, Any], int]) -> None:
    number = changes.get((attempt.wanted["id"].replace("-", ""), attempt.key))
    if said := attempt.acknowledged:
        found.acknowledged += 1
        if number != said["revision"]:
            found.lost.append(attempt.key)
    elif number is not None:
        if attempt.is_refused:
            found.ghost.append(attempt.key)
        else:
            found.unheard += 1


def halves(state: State, id: str) -> Iterator[str]:
    """What does not agree in one recipe of a load."""
    title, revision, document, updated_us = state.recipes[id]
    kept = state.revisions.get(id, [])
    content = json.loads(document)
    if [number for number, *_ in kept] != list(range(1, revision + 1)):
        yield f"{title}: revisions"
    elif kept[-1][1] != document:
        yield f"{title}: newest revision"
    tags = state.tags.get(id, [])
    if tags != [each.replace("-", "") for each in content["tag_ids"]]:
        yield f"{title}: tags"
    if len(content["ingredient_groups"][0]["lines"]) < LINES:
        yield f"{title}: lines"
    if not state.words.get(id, "").strip():
        yield f"{title}: search row"
    if updated_us > state.clock_us:
        yield f"{title}: feed stamp"


def read(house: House) -> State:
    """The tables of a house, in one snapshot."""
    state = State()
    with rows_of(house) as rows:
        for id, title, revision, document, updated_at in rows(_RECIPES):
            state.recipes[_id(id)] = (title, revision, document, _us(updated_at))
        for id, number, document, tags in rows(_REVISIONS):
            state.revisions[_id(id)].append((number, document, tags))
        for id, tag_id in rows(_TAGS):
            state.tags[_id(id)].append(_id(tag_id))
        for id, words in rows(_WORDS):
            state.words[_id(id)] = words
        for (last_us,) in rows(_CLOCK):
            state.clock_us = last_us
    return state


@contextmanager
def rows_of(house: House) -> Iterator[Any]:
    """A function that gives the rows of a statement, all in one snapshot."""
    if house.engine == "sqlite":
        with closing(sqlite3.connect(house.sqlite_file, isolation_level=None)) as file:
            file.execute("BEGIN")
            yield lambda statement: file.execute(statement).fetchall()
        return
    assert house.database_url
    with psycopg.connect(house.database_url) as server:
        server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield lambda statement: server.execute(statement).fetchall()


def integrity(path: Path) -> str:
    """What SQLite says of the file, of its references and of its search index."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        said = [row[0] for row in file.execute("PRAGMA integrity_check")]
        if said != ["ok"]:
            return str(said[0])
        if broken := file.execute("PRAGMA foreign_key_check").fetchall():
            return f"foreign keys: {broken[0]}"
        try:
            file.execute("INSERT INTO recipe_fts(recipe_fts, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            return f"search index: {error}"
    return "ok"


def _id(value: str | UUID) -> str:
    return value.hex if isinstance(value, UUID) else value


def _us(value: str | datetime) -> int:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int((at - _EPOCH).total_seconds() * 1_000_000)
