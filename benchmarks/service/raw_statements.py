"""What the raw limit says to the database for each scenario: the least that its answer needs.

Values are named as in the requests of `raw_requests`. The engines differ in how they join text and
search; the rest is one text.
"""

from dataclasses import dataclass

from potluck.models import Recipe

#: Of the recipes that the raw limit writes; they are taken away again.
MARK = "raw limit"
SUMMARY = """recipe.id, household_id, author_id, title, slug, summary, language, status,
    visibility, image_url, total_time_s, servings_n, servings_d, created_at, updated_at, version"""
COLUMNS = tuple(Recipe.__table__.columns.keys())

_SQLITE_HITS = """SELECT recipe_words.recipe_id AS id, hit.points FROM (
    SELECT id, points FROM (
        SELECT rowid AS id, -bm25(recipe_fts) AS points FROM recipe_fts
        WHERE recipe_fts MATCH :fts5 ORDER BY rowid DESC LIMIT 500
    ) AS newest ORDER BY points DESC LIMIT 20
) AS hit JOIN recipe_words ON recipe_words.id = hit.id"""
_POSTGRESQL_HITS = """SELECT newest.recipe_id AS id,
    ts_rank(newest.words, CAST(:tsquery AS tsquery)) AS points
FROM (
    SELECT recipe_id, words FROM recipe_words
    WHERE unpacked(words) @@ CAST(:tsquery AS tsquery) ORDER BY id DESC LIMIT 500
) AS newest ORDER BY points DESC LIMIT 20"""


@dataclass(frozen=True)
class Dialect:
    """Joins the texts of a group; the best twenty of the newest 500 hits; the texts in `:variants`,
    a JSON array."""

    joined: str
    hits: str
    variants: str


SQLITE = Dialect("group_concat", _SQLITE_HITS, "SELECT value FROM json_each(:variants)")
POSTGRESQL = Dialect(
    "string_agg",
    _POSTGRESQL_HITS,
    "SELECT json_array_elements_text(CAST(:variants AS json))",
)

#: A recipe that the cook does not see: of a household in which nobody is at home.
SOURCE = f"""SELECT {", ".join(COLUMNS)} FROM recipe
    WHERE visibility = 'household' AND household_id NOT IN (
        SELECT default_household_id FROM "user" WHERE default_household_id IS NOT NULL
    ) ORDER BY id LIMIT 1"""  # noqa: S608
CLEAR = "DELETE FROM recipe WHERE household_id = :household_id AND source_key = :source_key"
INSERT_RECIPE = f"""INSERT INTO recipe ({", ".join(COLUMNS)})
    VALUES ({", ".join(f":{name}" for name in COLUMNS)})"""  # noqa: S608
INSERT_REVISION = """INSERT INTO recipe_revision
    (id, recipe_id, number, reason, author_id, created_at, sha256, document, tags)
    VALUES (:id, :id, 1, 'create', :author_id, :created_at, '', :document, '[]')"""
UPDATE = "UPDATE recipe SET title = :title, version = version + 1 WHERE id = :id"
ACCOUNT = 'SELECT id, password_hash FROM "user" WHERE email_key = :email'


def reading(dialect: Dialect) -> dict[str, tuple[str, ...]]:
    """The statements of each scenario that only reads, in their order."""
    tags = f"""(SELECT {dialect.joined}(tag.name, ',') FROM recipe_tag
        JOIN tag ON tag.id = recipe_tag.tag_id
        WHERE recipe_tag.recipe_id = recipe.id) AS tags"""  # noqa: S608
    columns = f"{SUMMARY}, {tags}"
    newest = f"""SELECT {columns} FROM recipe WHERE household_id = :household
        ORDER BY created_at DESC, id DESC LIMIT"""  # noqa: S608
    search = f"""SELECT {columns} FROM ({dialect.hits}) AS best
        JOIN recipe ON recipe.id = best.id ORDER BY best.points DESC"""  # noqa: S608
    meant = search.replace(":fts5", ":meant_fts5").replace(":tsquery", ":meant_tsquery")
    variants = f"""SELECT DISTINCT word FROM search_variant WHERE variant IN ({dialect.variants})
        ORDER BY word LIMIT 60"""  # noqa: S608
    return {
        "static bytes": (),
        "GET recipe": (f"SELECT {columns}, document FROM recipe WHERE id = :id",),  # noqa: S608
        "GET recipe, 304": ("SELECT version FROM recipe WHERE id = :id",),
        "list of 50": (f"{newest} 50",),
        "search, common word": (search,),
        "search, two words": (search,),
        "search, beginning": (search,),
        "search, one typo": (search, variants, meant),
        "home page": (f"{newest} 24",),
    }
