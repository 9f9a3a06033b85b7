"""Both engines keep our tokens as they are, one by one, whatever is written."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.domain.search.ranking import FIELDS
from potluck.domain.search.words import indexed
from tests.postgres import URL_VARIABLE

LETTERS = st.characters() | st.sampled_from(" -'eE0123456789.abcßäø½味トกğжक")
TEXTS = st.lists(st.text(LETTERS, max_size=60), min_size=1, max_size=4)
LANGUAGES = st.sampled_from(["en", "es", "el", "eu", "et", "ja"])  # 1e… might be a number
FEW = settings(max_examples=50, deadline=None)

#: What was read from each field: the tokens in their order.
Read = list[list[str]]


def texts_of(lines: list[str], language: str) -> list[str]:
    text = indexed(language=language, title=lines[0], labels=lines, lines=lines, steps=lines)
    return [getattr(text, name) for name in FIELDS]


@given(TEXTS, LANGUAGES)
@FEW
@pytest.mark.parametrize("tokenizer", ["unicode61", "unicode61 remove_diacritics 2", "ascii"])
def test_fts5(tokenizer: str, lines: list[str], language: str) -> None:
    texts = texts_of(lines, language)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE VIRTUAL TABLE found USING fts5(text, tokenize='{tokenizer}')")
        database.execute("CREATE VIRTUAL TABLE words USING fts5vocab(found, instance)")
        database.executemany("INSERT INTO found(text) VALUES (?)", [(text,) for text in texts])
        read: Read = [[] for _ in texts]
        for place, term in database.execute("SELECT doc, term FROM words ORDER BY doc, offset"):
            read[place - 1].append(term)

    assert read == [text.split() for text in texts]


@given(TEXTS, LANGUAGES)
@FEW
def test_postgresql(postgresql: psycopg.Connection, lines: list[str], language: str) -> None:
    texts = texts_of(lines, language)
    read: Read = []
    for text in texts:
        rows = postgresql.execute(
            "SELECT lexeme FROM unnest(to_tsvector('simple', %s)) AS found,"
            " unnest(found.positions) AS position ORDER BY position",
            (text,),
        )
        read.append([row[0] for row in rows])

    assert read == [text.split() for text in texts]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[psycopg.Connection]:
    with psycopg.connect(os.environ[URL_VARIABLE], autocommit=True) as connection:
        yield connection
