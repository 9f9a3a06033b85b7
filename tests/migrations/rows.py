"""A row in every table of the first migration, in SQL that both engines read alike."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    column,
    func,
    inspect,
    literal_column,
    select,
    table,
)

NOW = "'2026-03-01 12:00:00.000000'"
HOUSEHOLD = "'0195514d4a0070008000000000000001'"
USER = "'0195514d4a0070008000000000000002'"
TAG = "'0195514d4a0070008000000000000003'"
RECIPE = "'0195514d4a0070008000000000000004'"
FAMILY = "'0195514d4a0070008000000000000005'"
OTHER = "'0195514d4a0070008000000000000006'"

ENTITY = {"created_at": NOW, "updated_at": NOW, "version": "1"}

#: Table, and its columns with their values as SQL; parents come first.
ROWS: list[tuple[str, dict[str, str]]] = [
    (
        "household",
        ENTITY
        | {
            "id": HOUSEHOLD,
            "name": "'Kitchen'",
            "slug": "'kitchen'",
            "locale": "'en'",
            "unit_system": "'original'",
            "currency": "'EUR'",
            "time_zone": "'UTC'",
            "week_start": "'monday'",
            "default_visibility": "'household'",
        },
    ),
    (
        "user",
        ENTITY
        | {
            "id": USER,
            "email": "'ada@example.org'",
            "email_key": "'ada@example.org'",
            "display_name": "'Ada'",
            "locale": "'en'",
            "unit_system": "'original'",
            "is_instance_admin": "true",
            "auth_epoch": "0",
            "default_household_id": HOUSEHOLD,
        },
    ),
    (
        "membership",
        ENTITY | {"id": OTHER, "household_id": HOUSEHOLD, "user_id": USER, "role": "'owner'"},
    ),
    (
        "tag",
        ENTITY
        | {
            "id": TAG,
            "household_id": HOUSEHOLD,
            "kind": "'free'",
            "name": "'Soup'",
            "name_key": "'soup'",
        },
    ),
    (
        "recipe",
        ENTITY
        | {
            "id": RECIPE,
            "household_id": HOUSEHOLD,
            "author_id": USER,
            "title": "'Soup'",
            "title_key": "'soup'",
            "slug": "'soup'",
            "language": "'en'",
            "status": "'published'",
            "visibility": "'household'",
            "search_text": "'soup'",
            "revision": "1",
            "document": "'{}'",
        },
    ),
    (
        "recipe_tag",
        {"recipe_id": RECIPE, "tag_id": TAG, "household_id": HOUSEHOLD, "position": "0"},
    ),
    (
        "recipe_revision",
        {
            "id": OTHER,
            "recipe_id": RECIPE,
            "number": "1",
            "reason": "'create'",
            "author_id": USER,
            "created_at": NOW,
            "sha256": "'0'",
            "document": "'{}'",
            "tags": "'[]'",
        },
    ),
    (
        "token_family",
        {
            "id": FAMILY,
            "user_id": USER,
            "client_id": "'api'",
            "scope": "''",
            "created_at": NOW,
            "absolute_until": NOW,
        },
    ),
    (
        "refresh_token",
        {
            "id": OTHER,
            "family_id": FAMILY,
            "digest": "'0'",
            "created_at": NOW,
            "idle_until": NOW,
        },
    ),
    (
        "web_session",
        {
            "id": OTHER,
            "digest": "'0'",
            "user_id": USER,
            "created_at": NOW,
            "seen_at": NOW,
            "idle_until": NOW,
            "absolute_until": NOW,
            "auth_epoch": "0",
        },
    ),
    ("instance", {"id": "1", "master_key_fingerprint": "'0'"}),
    ("signing_key", {"kid": "'0'", "private_sealed": "'0'", "created_at": NOW}),
]


def insert_rows(connection: Connection) -> None:
    """Put one row into every table of the first migration."""
    for name, columns in ROWS:
        into = table(name, *(column(each) for each in columns))
        values: dict[str, ColumnElement[Any]] = {
            each: literal_column(value) for each, value in columns.items()
        }
        connection.execute(into.insert().values(values))
    connection.commit()


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has, Alembic's own left out."""
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    counted = {
        name: connection.scalar(select(func.count()).select_from(table(name))) or 0
        for name in sorted(names)
    }
    connection.rollback()
    return counted
